import type { ChartTheme } from "../chart-options.js"
import { palette } from "./palette.js"

/**
 * The style sheet of charts that are drawn with `style: "page"`, for a page that holds them: colours as custom properties of
 * `.assay-chart`, by which the page can change them.
 */
export function chartStyle(theme: ChartTheme = "auto"): string {
  return colourRules(Object.keys(palette), { theme, scope: ".assay-chart" }) + paintRules()
}

/** What makes marks take their colours, without the colours. */
export function paintRules(): string {
  return Object.keys(palette)
    .flatMap((name) => [fillRule(name), strokeRule(name)])
    .join("")
}

/** The rules for those colours that the markup uses, and no more: most charts use a tenth of them. */
export function styleOf(markup: string, theme: ChartTheme): string {
  const fills = usedNames(markup, "fill")
  const strokes = usedNames(markup, "stroke")
  const names = Object.keys(palette).filter((name) => fills.has(name) || strokes.has(name))
  const rules = names.flatMap((name) => [
    ...(fills.has(name) ? [fillRule(name)] : []),
    ...(strokes.has(name) ? [strokeRule(name)] : []),
  ])
  // Each theme has a class of its own, so that a light and a dark chart can stand on one page.
  return colourRules(names, { theme, scope: `.assay-chart.assay-${theme}` }) + rules.join("")
}

/** `--assay-text:#1f2328;…` */
export function colourProperties(names: readonly string[], theme: "light" | "dark"): string {
  return names.map((name) => `--assay-${name}:${palette[name]?.[theme === "light" ? 0 : 1]};`).join("")
}

function colourRules(names: readonly string[], { theme, scope }: { theme: ChartTheme; scope: string }): string {
  const first = `${scope}{${colourProperties(names, theme === "dark" ? "dark" : "light")}}`
  if (theme !== "auto") return first
  return `${first}@media(prefers-color-scheme:dark){${scope}{${colourProperties(names, "dark")}}}`
}

const fillRule = (name: string) => `.assay-fill-${name}{fill:var(--assay-${name})}`
const strokeRule = (name: string) => `.assay-stroke-${name}{stroke:var(--assay-${name})}`

function usedNames(markup: string, kind: "fill" | "stroke"): Set<string> {
  return new Set([...markup.matchAll(new RegExp(`assay-${kind}-([a-z0-9-]+)`, "g"))].map(([, name = ""]) => name))
}
