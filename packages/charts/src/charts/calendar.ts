import { max, quantileSorted, sum } from "d3-array"
import { utcDay, utcSunday } from "d3-time"
import { utcFormat } from "d3-time-format"
import { resolveOptions, type ChartOptions } from "../chart-options.js"
import { formatDay, parseDay } from "../drawing/calendar-date.js"
import { checkNumber } from "../drawing/check-number.js"
import { drawChart, drawEmpty, margin, topOf } from "../drawing/draw-chart.js"
import { drawnWidth, drawText, drawTitle } from "../drawing/draw-text.js"
import { formatCount, formatNumber } from "../drawing/format-number.js"
import { element, type Markup } from "../drawing/markup.js"

export interface CalendarData {
  /** In any order; a day that is missing had none. */
  readonly days: readonly {
    /** `2026-08-31`, in whatever time zone was counted. */
    readonly date: string
    readonly commits: number
  }[]
}

/** A mark's side as a share of its day's, by level: how much is told by size as well as by colour. */
const sides = [0, 0.55, 0.7, 0.85, 1]

/**
 * The 365 days up to the last one given, a column per week. A day's level is the quartile of the days with commits that it is in.
 * What is older is not drawn, and the label says so. Narrow charts break the year into rows.
 */
export function calendar(data: CalendarData, options: ChartOptions = {}): string {
  const resolved = resolveOptions(options, { width: 820, title: "Commits per day" })
  if (data.days.length === 0) return drawEmpty(resolved, "no commits")

  const counts = new Map<number, number>()
  for (const { date, commits } of data.days) {
    const day = parseDay(date).getTime()
    counts.set(day, (counts.get(day) ?? 0) + checkNumber(commits, "the commits of a day"))
  }
  const last = new Date(max(counts.keys()) ?? 0)
  const first = utcDay.offset(last, -364)
  const days = utcDay
    .range(first, utcDay.offset(last, 1))
    .map((date) => ({ date, commits: counts.get(date.getTime()) ?? 0 }))
  const levelOf = quartileLevels(days.map(({ commits }) => commits))

  const left = margin + 28
  const weeks = utcSunday.count(utcSunday.floor(first), last) + 1
  const room = resolved.width - left - margin
  const bands = Math.max(1, Math.min(4, Math.ceil((weeks * 9.6) / room)))
  const perBand = Math.ceil(weeks / bands)
  const top = topOf(resolved)
  const fixed = bands * 26 + 24 + 4
  const cell = Math.max(
    4,
    Math.min(room / perBand, 20, resolved.height ? (resolved.height - top - fixed) / (7 * bands) : Infinity),
  )
  const bandHeight = 7 * cell + 26
  const gap = cell > 8 ? 2 : 1

  const body: Markup[] = []
  for (let band = 0; band < bands; band++) {
    for (const [name, row] of [
      ["Mon", 1],
      ["Wed", 3],
      ["Fri", 5],
    ] as const) {
      if (cell < 8 && row === 3) continue
      const y = top + band * bandHeight + 16 + row * cell + cell / 2 + 3
      body.push(drawText({ text: name, x: left - 6, y, size: 10, anchor: "end", colour: "muted" }))
    }
  }
  const start = utcSunday.floor(first)
  let labelEnd = -Infinity
  let labelBand = -1
  for (const { date, commits } of days) {
    const week = utcSunday.count(start, date)
    const band = Math.floor(week / perBand)
    const x = left + (week % perBand) * cell
    const y = top + band * bandHeight + 16 + date.getUTCDay() * cell
    if (date.getUTCDate() === 1 || date === days[0]?.date) {
      if (band !== labelBand) labelEnd = -Infinity
      // The name of a month stands over its first whole week; the last may have no room for it.
      const at = date.getUTCDay() === 0 ? x : x + cell
      if (at > labelEnd + 6 && at + 28 < resolved.width && (week + 1) % perBand !== 0) {
        body.push(
          drawText({ text: monthName(date), x: at, y: top + band * bandHeight + 10, size: 10, colour: "muted" }),
        )
        labelEnd = at + 26
        labelBand = band
      }
    }
    body.push(
      ...drawDay({
        x,
        y,
        side: cell - gap,
        level: levelOf(commits),
        title: `${formatDay(date)}: ${formatCount(commits, "commit")}`,
      }),
    )
  }
  const legendTop = top + bands * bandHeight
  body.push(...drawScale({ right: resolved.width - margin, y: legendTop, side: Math.min(cell, 12) - gap }))

  const total = sum(days, ({ commits }) => commits)
  const busiest = days.reduce((best, day) => (day.commits > best.commits ? day : best))
  const older = sum(counts.values()) - total
  const summary =
    `${formatCount(total, "commit")} in 365 days up to ${formatDay(last)}` +
    (total ? `, busiest ${formatDay(busiest.date)} with ${formatNumber(busiest.commits)}` : "") +
    (older ? `; ${formatNumber(older)} before that are not drawn` : "")
  const noteWidth = resolved.width - 2 * margin - 136
  const note = [
    `${formatCount(total, "commit")}, busiest ${formatDay(busiest.date)} with ${formatNumber(busiest.commits)}`,
    formatCount(total, "commit"),
  ]
  const fitting = note.find((text) => drawnWidth(text, 10) <= noteWidth) ?? ""
  body.push(drawText({ text: fitting, x: margin, y: legendTop + 12, size: 10, colour: "muted" }))
  return drawChart({
    options: resolved,
    height: resolved.height ?? Math.ceil(legendTop + 24),
    summary,
    about:
      "A column is a week from Sunday to Saturday. The larger and stronger a mark, the more commits, by quartiles of the days that have any.",
    body,
  })
}

const monthName = utcFormat("%b")

/** 0 for none, else 1 to 4: the quartile among the counts that are not 0. */
function quartileLevels(counts: readonly number[]): (count: number) => number {
  const sorted = counts.filter((count) => count > 0).sort((a, b) => a - b)
  const limits = [0.25, 0.5, 0.75].map((share) => quantileSorted(sorted, share) ?? 0)
  return (count) => (count === 0 ? 0 : 1 + limits.filter((limit) => count > limit).length)
}

function drawDay({
  x,
  y,
  side,
  level,
  title,
}: {
  x: number
  y: number
  side: number
  level: number
  title: string
}): Markup[] {
  const empty = element(
    "rect",
    { class: "assay-fill-empty", x, y, width: side, height: side, rx: side / 5 },
    level ? [] : drawTitle(title),
  )
  if (!level) return [empty]
  const size = side * (sides[level] ?? 1)
  const inset = (side - size) / 2
  const rect = { class: `assay-fill-l${level}`, x: x + inset, y: y + inset, width: size, height: size, rx: side / 5 }
  return level === 4 ? [element("rect", rect, drawTitle(title))] : [empty, element("rect", rect, drawTitle(title))]
}

function drawScale({ right, y, side }: { right: number; y: number; side: number }): Markup[] {
  const step = side + 3
  const start = right - 32 - 5 * step
  return [
    drawText({ text: "less", x: start - 6, y: y + 12, size: 10, anchor: "end", colour: "muted" }),
    ...[0, 1, 2, 3, 4].flatMap((level) =>
      drawDay({
        x: start + level * step,
        y: y + 9 - side / 2,
        side,
        level,
        title: level ? `quartile ${level}` : "none",
      }),
    ),
    drawText({ text: "more", x: right, y: y + 12, size: 10, anchor: "end", colour: "muted" }),
  ]
}
