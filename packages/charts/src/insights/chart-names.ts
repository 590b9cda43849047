/** What can be drawn of insights. Each is the name of a file and of a route, too. */
export const chartNames = [
  "calendar",
  "activity",
  "hotspots",
  "ownership",
  "languages",
  "burndown",
  "survival",
  "coupling",
  "punch-card",
  "card",
] as const

export type ChartName = (typeof chartNames)[number]

export function isChartName(name: string): name is ChartName {
  return (chartNames as readonly string[]).includes(name)
}
