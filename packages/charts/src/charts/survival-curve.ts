import { max } from "d3-array"
import { scaleLinear } from "d3-scale"
import { resolveOptions, type ChartOptions } from "../chart-options.js"
import { checkNumber } from "../drawing/check-number.js"
import { drawValueAxis, valueAxisWidth } from "../drawing/draw-axes.js"
import { drawChart, drawEmpty, margin, topOf } from "../drawing/draw-chart.js"
import { drawnWidth, drawText, drawTitle } from "../drawing/draw-text.js"
import { formatNumber } from "../drawing/format-number.js"
import { element, round, type Markup } from "../drawing/markup.js"
import { ChartError } from "../errors.js"

export interface SurvivalCurveData {
  /** Where the curve falls. At age 0 it is 1, whether that is given or not. */
  readonly points: readonly {
    /** Of lines, in days. */
    readonly age: number
    /** Of lines that get older than that, from 0 to 1: Kaplan and Meier's estimate. */
    readonly share: number
  }[]
  /** In days; `undefined`, where half of the lines have not died. */
  readonly halfLife?: number | undefined
}

/** How long lines live: the share that is left, by age, in steps as it was estimated. */
export function survivalCurve(data: SurvivalCurveData, options: ChartOptions = {}): string {
  const resolved = resolveOptions(options, { width: 820, title: "How long lines survive" })
  const points = data.points
    .map(({ age, share }) => ({ age: checkNumber(age, "an age"), share: checkNumber(share, "a share") }))
    .sort((a, b) => a.age - b.age || b.share - a.share)
  if (points.some(({ share }) => share > 1)) throw new ChartError("INVALID_DATA", "a share is at most 1")
  if (points.length === 0) return drawEmpty(resolved, "no lines have died yet")

  const top = topOf(resolved)
  const height = resolved.height ?? top + Math.max(180, Math.min(260, resolved.width * 0.32))
  const bottom = Math.max(top + 20, height - 26)
  const oldest = Math.max(max(points, ({ age }) => age) ?? 0, data.halfLife ?? 0, 1)
  const y = scaleLinear([0, 1], [bottom, top + 6])
  const format = (share: number) => `${Math.round(share * 100)} %`
  const left = margin + valueAxisWidth(y, format)
  const right = resolved.width - margin
  const x = scaleLinear([0, oldest], [left, right])

  let path = `M${round(left)},${round(y(1))}`
  points.forEach(({ age, share }, at) => {
    const next = points[at + 1]
    // Of the steps within one pixel, the last is what remains.
    if (next && Math.floor(x(next.age)) === Math.floor(x(age))) return
    path += `H${round(x(age))}V${round(y(share))}`
  })
  const last = points.at(-1)?.share ?? 1
  const filled = `${path}H${round(right)}V${round(bottom)}H${round(left)}Z`
  const sentence =
    data.halfLife === undefined
      ? `${format(last)} of lines survive ${formatAge(oldest)}; there is no half-life yet`
      : `half of the lines are gone after ${formatAge(data.halfLife)}; ${format(last)} survive ${formatAge(oldest)}`
  const body: Markup[] = [
    ...drawValueAxis({ scale: y, left, right, format }),
    element("path", { class: "assay-fill-accent", "fill-opacity": 0.14, d: filled }),
    element(
      "path",
      { class: "assay-stroke-accent", fill: "none", "stroke-width": 2, d: `${path}H${round(right)}` },
      drawTitle(sentence),
    ),
    ...(data.halfLife === undefined
      ? []
      : drawHalfLife({ at: x(data.halfLife), y: y(0.5), bottom, left, right, age: data.halfLife, top })),
    element("line", { class: "assay-stroke-line", x1: left, x2: right, y1: bottom + 0.5, y2: bottom + 0.5 }),
    ...drawAgeAxis({ oldest, x, y: bottom + 16, left, right }),
  ]
  return drawChart({
    options: resolved,
    height,
    summary: sentence.charAt(0).toUpperCase() + sentence.slice(1),
    about:
      "The share of lines that get older than an age, as Kaplan and Meier estimate it; lines that are alive count as long as they have lived.",
    body,
  })
}

/** `540 days`, `1.5 years`. */
function formatAge(days: number): string {
  if (days < 60) return `${formatNumber(Math.round(days))} days`
  if (days < 730) return `${formatNumber(Math.round(days / 30.4375))} months`
  return `${formatNumber(Math.round(days / 36.525) / 10)} years`
}

interface HalfLife {
  readonly at: number
  readonly y: number
  readonly bottom: number
  readonly left: number
  readonly right: number
  readonly age: number
  readonly top: number
}

function drawHalfLife({ at, y, bottom, left, right, age }: HalfLife): Markup[] {
  const text = `half-life ${formatAge(age)}`
  const width = drawnWidth(text, 11, true)
  // To the right of and above the mark the plot is empty: the curve falls away from it.
  const x = at + 8 + width <= right ? at + 8 : Math.max(left + 4, right - width)
  return [
    element("path", {
      class: "assay-stroke-text",
      fill: "none",
      "stroke-dasharray": "4 3",
      d: `M${round(left)},${round(y)}H${round(at)}V${round(bottom)}`,
    }),
    element(
      "circle",
      { class: "assay-fill-text assay-stroke-surface", "stroke-width": 1.5, cx: at, cy: y, r: 4 },
      drawTitle(text),
    ),
    drawText({ text, x, y: y - 8, size: 11, bold: true }),
  ]
}

interface AgeAxis {
  readonly oldest: number
  readonly x: (age: number) => number
  readonly y: number
  readonly left: number
  readonly right: number
}

/** In years where there are two of them, else in months, else in days. */
function drawAgeAxis({ oldest, x, y, left, right }: AgeAxis): Markup[] {
  const [unit, days] = oldest >= 730 ? ["years", 365.25] : oldest >= 90 ? ["months", 30.4375] : ["days", 1]
  const ticks = scaleLinear([0, oldest / days], [left, right])
    .ticks(Math.max(2, Math.floor((right - left) / 80)))
    .filter((tick) => Number.isInteger(tick))
  let end = -Infinity
  return ticks.flatMap((tick, index) => {
    const text = index === ticks.length - 1 ? `${tick} ${unit}` : String(tick)
    const half = drawnWidth(text, 10) / 2
    const at = Math.min(Math.max(x(tick * days), left + half), right - half)
    if (at - half < end + 8) return []
    end = at + half
    return [drawText({ text, x: at, y, size: 10, anchor: "middle", colour: "muted" })]
  })
}
