/**
 * Every colour there is, by name, for light and for dark. Against the surface, text has a contrast of 4.5 at least and marks have
 * 3 (WCAG 2.2, AA); so has each `on-…` against what it is written on. A test computes it.
 */
export const palette: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  surface: ["#ffffff", "#0d1117"],
  text: ["#1f2328", "#e6edf3"],
  muted: ["#59636e", "#9198a1"],
  // Lines that carry no meaning of their own, and days without anything.
  grid: ["#dfe4ea", "#242b35"],
  empty: ["#ebeef2", "#1b222c"],
  // Outlines, for marks whose own colour may be as bright as the surface.
  line: ["#848d97", "#768390"],
  accent: ["#2470cc", "#58a6ff"],
  // Who: neighbours differ in hue, and all are as bright as one another.
  c1: ["#2470cc", "#58a6ff"],
  c2: ["#c04a0b", "#f0883e"],
  c3: ["#1a7f5a", "#3fb950"],
  c4: ["#8250df", "#b392f0"],
  c5: ["#946a00", "#e3b341"],
  c6: ["#0b7d8f", "#39c5cf"],
  c7: ["#c2255c", "#f778a5"],
  c8: ["#6b5b4b", "#c4a88c"],
  others: ["#6e7781", "#8b949e"],
  "on-c": ["#ffffff", "#0d1117"],
  // How much of a day: darker is more on light, brighter is more on dark.
  l1: ["#3fa35b", "#00792f"],
  l2: ["#1c8742", "#2e9e52"],
  l3: ["#006622", "#5ac576"],
  l4: ["#004700", "#86f09f"],
  // How hot. The middle is left out: neither black nor white could be read on it.
  h1: ["#ffefdd", "#311e1d"],
  h2: ["#fcd6b6", "#4d261e"],
  h3: ["#fab688", "#733216"],
  h4: ["#f8935e", "#954200"],
  h5: ["#bc3700", "#e37800"],
  h6: ["#a11e02", "#f39f38"],
  h7: ["#7e0c15", "#ffc573"],
  "on-h-low": ["#10151b", "#ffffff"],
  "on-h-high": ["#ffffff", "#0d1117"],
  // How old, from the oldest to the newest.
  k1: ["#2b1b6a", "#5f57ac"],
  k2: ["#232a77", "#5565b8"],
  k3: ["#0e3981", "#4876c3"],
  k4: ["#004888", "#3786cb"],
  k5: ["#00568b", "#1c96cf"],
  k6: ["#00658c", "#00a6d0"],
  k7: ["#00728a", "#00b5cf"],
  k8: ["#007e86", "#00c3ca"],
  k9: ["#008a7f", "#25d1c4"],
  k10: ["#009477", "#4fdcbc"],
  k11: ["#179d6d", "#73e7b3"],
  k12: ["#479f5e", "#96f0aa"],
}

/** The colours of people, and of whatever else has no order, in the order in which they are given away. */
export const categories = ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8"] as const
