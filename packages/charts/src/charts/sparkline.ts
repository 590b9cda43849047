import { max, sum } from "d3-array"
import { resolveOptions, type ChartOptions } from "../chart-options.js"
import { checkNumber } from "../drawing/check-number.js"
import { cleanText } from "../drawing/clean-text.js"
import { drawChart, margin, topOf } from "../drawing/draw-chart.js"
import { drawTitle } from "../drawing/draw-text.js"
import { formatNumber } from "../drawing/format-number.js"
import { element, type Markup } from "../drawing/markup.js"

export interface SparklineData {
  /** Oldest first, at equal distances; of more than fit, neighbours are added up. */
  readonly values: readonly number[]
  /** What is counted: `commits per week`. */
  readonly label: string
}

/** A row of small bars, to stand in a line of text or a table. */
export function sparkline(data: SparklineData, options: ChartOptions = {}): string {
  const resolved = resolveOptions(options, { width: 120, title: "" })
  const top = resolved.title ? topOf(resolved) : 2
  const height = resolved.height ?? top + 22
  const values = data.values.map((value) => checkNumber(value, "a value"))
  const inset = resolved.title ? margin : 2
  const bars = drawBars(values, {
    x: inset,
    y: top,
    width: resolved.width - 2 * inset,
    height: Math.max(4, height - top - 2),
  })
  const label = cleanText(data.label)
  const summary =
    values.length === 0
      ? `${label}: none`
      : `${label}: ${formatNumber(sum(values))} in ${formatNumber(values.length)}, at most ${formatNumber(max(values) ?? 0)}, last ${formatNumber(values.at(-1) ?? 0)}`
  return drawChart({ options: resolved, height, summary, about: "", body: bars })
}

/** Bars from left to right over a base line; 0 is the line alone. */
export function drawBars(
  values: readonly number[],
  box: { x: number; y: number; width: number; height: number },
): Markup[] {
  const size = Math.max(1, Math.ceil(values.length / Math.max(1, Math.floor(box.width / 2))))
  const bars: number[] = []
  values.forEach((value, at) => (bars[Math.floor(at / size)] = (bars[Math.floor(at / size)] ?? 0) + value))
  const most = max(bars) ?? 0
  const step = box.width / Math.max(1, bars.length)
  const bottom = box.y + box.height
  return [
    element("line", {
      class: "assay-stroke-line",
      x1: box.x,
      x2: box.x + box.width,
      y1: bottom - 0.5,
      y2: bottom - 0.5,
    }),
    ...bars.flatMap((value, at) => {
      if (!value) return []
      const tall = Math.max(1, (value / most) * (box.height - 1))
      const rect = {
        class: "assay-fill-accent",
        x: box.x + at * step,
        y: bottom - 1 - tall,
        width: Math.max(0.5, step - (step > 4 ? 1 : 0.4)),
        height: tall,
      }
      return [element("rect", rect, drawTitle(formatNumber(value)))]
    }),
  ]
}
