import { max, sum } from "d3-array"
import { scaleLinear, scaleUtc } from "d3-scale"
import { area, curveStepAfter } from "d3-shape"
import { resolveOptions, type ChartOptions } from "../chart-options.js"
import { formatDay, parseDay } from "../drawing/calendar-date.js"
import { checkNumber } from "../drawing/check-number.js"
import { drawTimeAxis, drawValueAxis, valueAxisWidth } from "../drawing/draw-axes.js"
import { drawChart, drawEmpty, margin, topOf } from "../drawing/draw-chart.js"
import { drawnWidth, drawText, drawTitle } from "../drawing/draw-text.js"
import { formatCount, formatNumber, formatShort } from "../drawing/format-number.js"
import { element, round, type Markup } from "../drawing/markup.js"
import { spreadLabels } from "../drawing/spread-labels.js"

export interface BurndownStackData {
  /** `2026-08-31`, oldest first. */
  readonly dates: readonly string[]
  /** Oldest first. */
  readonly cohorts: readonly {
    /** When its lines were written: `2024`. */
    readonly name: string
    /** Lines that were alive at each date. What is missing at the end is 0. */
    readonly lines: readonly number[]
  }[]
}

const most = 12

/** How many lines of each year were still there, over time: layers in steps, the oldest below. More than twelve cohorts merge. */
export function burndownStack(data: BurndownStackData, options: ChartOptions = {}): string {
  const resolved = resolveOptions(options, { width: 820, title: "Lines by the year they were written in" })
  const times = data.dates.map(parseDay)
  const given = data.cohorts
    .map(({ name, lines }) => ({ name, lines: times.map((_, at) => checkNumber(lines[at] ?? 0, "lines")) }))
    .filter(({ lines }) => sum(lines) > 0)
  if (times.length === 0 || given.length === 0) return drawEmpty(resolved, "no lines")

  const cohorts = mergeOldest(given)
  const totals = times.map((_, at) => sum(cohorts, ({ lines }) => lines[at]))
  const top = topOf(resolved)
  const height = resolved.height ?? top + Math.max(200, Math.min(300, resolved.width * 0.36))
  const bottom = Math.max(top + 20, height - 26)
  const y = scaleLinear([0, max(totals) ?? 0], [bottom, top + 4]).nice(4)
  const left = margin + valueAxisWidth(y)
  const now = totals.length - 1
  const labels = cohorts.map(({ name, lines }) => `${name} ${formatShort(lines[now] ?? 0)}`)
  const room = Math.min(Math.max(...labels.map((label) => drawnWidth(label, 10))), 110)
  const right = resolved.width - margin - room - 16
  const first = times[0] ?? new Date(0)
  const last = times[now] ?? first
  // A single moment would have no width.
  const x = scaleUtc([first, last > first ? last : new Date(first.getTime() + 86_400_000)], [left, right])
  const drawn = oneOfNeighbours(
    times.map((time) => x(time)),
    now,
  )

  const body: Markup[] = [...drawValueAxis({ scale: y, left, right })]
  const floor = new Array<number>(times.length).fill(0)
  const middles: number[] = []
  cohorts.forEach(({ name, lines }, at) => {
    const base = [...floor]
    lines.forEach((count, when) => (floor[when] = (floor[when] ?? 0) + count))
    const path = area<number>()
      .x((when) => x(times[when] ?? first))
      .y0((when) => y(base[when] ?? 0))
      .y1((when) => y(floor[when] ?? 0))
      .curve(curveStepAfter)
      .digits(1)(times.length === 1 ? [0] : drawn)
    const peak = lines.indexOf(max(lines) ?? 0)
    const title = `${name}: ${formatCount(lines[now] ?? 0, "line")} now, at most ${formatNumber(lines[peak] ?? 0)} on ${formatDay(times[peak] ?? first)}`
    const colour = colourOf(at, cohorts.length)
    const single =
      times.length === 1
        ? `M${round(left)},${round(y(base[0] ?? 0))}H${round(right)}V${round(y(floor[0] ?? 0))}H${round(left)}Z`
        : path
    body.push(
      element(
        "path",
        { class: `assay-fill-${colour} assay-stroke-surface`, "stroke-width": 0.6, d: single ?? "" },
        drawTitle(title),
      ),
    )
    middles.push((y(base[now] ?? 0) + y(floor[now] ?? 0)) / 2)
  })
  spreadLabels(middles, { top: top + 6, bottom: bottom - 2, distance: 13 }).forEach((place, at) => {
    const middle = middles[at] ?? 0
    if (place === undefined) return
    const line = `M${round(right + 1)},${round(middle)}L${round(right + 8)},${round(place)}h3`
    body.push(element("path", { class: `assay-stroke-${colourOf(at, cohorts.length)}`, fill: "none", d: line }))
    body.push(drawText({ text: labels[at] ?? "", x: right + 14, y: place + 3.5, size: 10, width: room }))
  })
  body.push(element("line", { class: "assay-stroke-line", x1: left, x2: right, y1: bottom + 0.5, y2: bottom + 0.5 }))
  body.push(...drawTimeAxis({ scale: x, y: bottom + 16 }))

  const total = totals[now] ?? 0
  const largest = cohorts.reduce(
    (best, cohort) => ((cohort.lines[now] ?? 0) > (best.lines[now] ?? 0) ? cohort : best),
    cohorts[0]!,
  )
  return drawChart({
    options: resolved,
    height,
    summary:
      `${formatCount(total, "line")} on ${formatDay(last)}` +
      (total ? `, ${Math.round((100 * (largest.lines[now] ?? 0)) / total)} % of them from ${largest.name}` : "") +
      `; at most ${formatNumber(max(totals) ?? 0)}`,
    about:
      "Each layer holds the lines written in one period, the oldest below; it gets thinner as they are changed or removed. Numbers at the right are of the last date.",
    body,
  })
}

/** The oldest ones become one, whose name says how many they are. */
function mergeOldest(cohorts: readonly Cohort[]): readonly Cohort[] {
  if (cohorts.length <= most) return cohorts
  const old = cohorts.slice(0, cohorts.length - most + 1)
  const lines = (old[0]?.lines ?? []).map((_, at) => sum(old, (cohort) => cohort.lines[at]))
  return [{ name: `≤ ${old.at(-1)?.name} (${old.length})`, lines }, ...cohorts.slice(old.length)]
}

interface Cohort {
  readonly name: string
  readonly lines: readonly number[]
}

const colourOf = (at: number, count: number) => `k${1 + Math.round((at * (most - 1)) / Math.max(1, count - 1))}`

/** Of the dates that fall on the same two pixels, the last: it is what holds until the next. The very last is always there. */
function oneOfNeighbours(positions: readonly number[], last: number): number[] {
  return positions.flatMap((x, at) =>
    at === last || Math.floor(x / 2) !== Math.floor((positions[at + 1] ?? x) / 2) ? [at] : [],
  )
}
