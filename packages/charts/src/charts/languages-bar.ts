import { sum } from "d3-array"
import { resolveOptions, type ChartOptions } from "../chart-options.js"
import { checkNumber } from "../drawing/check-number.js"
import { cleanText } from "../drawing/clean-text.js"
import { drawChart, drawEmpty, margin, topOf } from "../drawing/draw-chart.js"
import { drawLegend, fillOf } from "../drawing/draw-legend.js"
import { drawTitle } from "../drawing/draw-text.js"
import { formatCount, formatNumber, formatShare } from "../drawing/format-number.js"
import { element, type Markup } from "../drawing/markup.js"
import { categories } from "../drawing/palette.js"

export interface LanguagesBarData {
  readonly languages: readonly {
    readonly name: string
    readonly bytes: number
    /** As linguist has it: `#3178c6`. Anything else is as good as none, and the chart takes one of its own. */
    readonly color?: string | undefined
  }[]
}

const most = 10

/** One bar of all the bytes, the largest language first, and its legend in the same order. More than ten become others. */
export function languagesBar(data: LanguagesBarData, options: ChartOptions = {}): string {
  const resolved = resolveOptions(options, { width: 820, title: "Languages" })
  const languages = data.languages
    .map(({ name, bytes, color }) => ({ name: cleanText(name), bytes: checkNumber(bytes, "bytes"), color }))
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1))
  if (languages.length === 0) return drawEmpty(resolved, "no languages")

  const total = sum(languages, ({ bytes }) => bytes)
  const shown = languages.length > most ? languages.slice(0, most - 1) : languages
  const rest = languages.slice(shown.length)
  const parts = [
    ...shown.map(({ name, bytes, color }, at) => ({
      name,
      bytes,
      colour: color && /^#[0-9a-f]{6}$/i.test(color) ? color : (categories[at] ?? "others"),
    })),
    ...(rest.length
      ? [{ name: `others (${rest.length})`, bytes: sum(rest, ({ bytes }) => bytes), colour: "others" }]
      : []),
  ]

  const top = topOf(resolved)
  const width = resolved.width - 2 * margin
  const body: Markup[] = []
  let x = margin
  for (const { name, bytes, colour } of parts) {
    const span = (bytes / total) * width
    const outlined = colour.startsWith("#") ? 1 : 0
    const shape = {
      x: x + outlined / 2,
      y: top + outlined / 2,
      width: Math.max(0.5, span - 1 - outlined),
      height: 16 - outlined,
    }
    const title = `${name}: ${formatShare(bytes / total)}, ${formatNumber(bytes)} bytes`
    body.push(element("rect", { ...fillOf(colour), ...shape }, drawTitle(title)))
    x += span
  }
  const legend = drawLegend({
    items: parts.map(({ name, bytes, colour }) => ({ label: `${name} ${formatShare(bytes / total)}`, colour })),
    left: margin,
    width,
    top: top + 28,
  })
  const [first] = parts
  return drawChart({
    options: resolved,
    height: resolved.height ?? top + 28 + legend.height + 6,
    summary: `${formatCount(languages.length, "language")}, mostly ${first?.name} with ${formatShare((first?.bytes ?? 0) / total)} of ${formatNumber(total)} bytes`,
    about: "Parts of the bar and names below it are in the same order.",
    body: [...body, ...legend.markup],
  })
}
