import { max, sum } from "d3-array"
import { resolveOptions, type ChartOptions } from "../chart-options.js"
import { checkNumber } from "../drawing/check-number.js"
import { drawChart, drawEmpty, margin, topOf } from "../drawing/draw-chart.js"
import { drawText, drawTitle } from "../drawing/draw-text.js"
import { formatCount, formatNumber } from "../drawing/format-number.js"
import { element, type Markup } from "../drawing/markup.js"
import { ChartError } from "../errors.js"

export interface PunchCardData {
  /** In any order; an hour that is missing had none. */
  readonly hours: readonly {
    /** 0 is Sunday. */
    readonly weekday: number
    /** 0 to 23. */
    readonly hour: number
    readonly commits: number
  }[]
}

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
const order = [1, 2, 3, 4, 5, 6, 0]

/** Circles by weekday and hour, whose areas are the commits. */
export function punchCard(data: PunchCardData, options: ChartOptions = {}): string {
  const resolved = resolveOptions(options, { width: 820, title: "Commits by weekday and hour" })
  const counts = new Array<number>(7 * 24).fill(0)
  for (const { weekday, hour, commits } of data.hours) {
    if (!(weekday in weekdays) || !Number.isInteger(hour) || hour < 0 || hour > 23) {
      throw new ChartError("INVALID_DATA", "a weekday is from 0 to 6, an hour from 0 to 23")
    }
    counts[weekday * 24 + hour]! += checkNumber(commits, "commits")
  }
  const total = sum(counts)
  const most = max(counts) ?? 0
  if (total === 0) return drawEmpty(resolved, "no commits")

  const top = topOf(resolved)
  const left = margin + 34
  const column = (resolved.width - left - margin) / 24
  const row = Math.max(8, Math.min(column, 34, resolved.height ? (resolved.height - top - 30) / 7 : Infinity, Infinity))
  const rowHeight = resolved.height ? row : Math.max(row, 18)
  const largest = Math.min(column, rowHeight) / 2 - 0.5
  const body: Markup[] = []
  order.forEach((weekday, at) => {
    const y = top + (at + 0.5) * rowHeight
    const name = weekdays[weekday] ?? ""
    body.push(
      drawText({
        text: name.slice(0, 3),
        x: left - 8,
        y: y + 3.5,
        size: Math.min(10, rowHeight),
        anchor: "end",
        colour: "muted",
      }),
    )
    body.push(element("line", { class: "assay-stroke-grid", x1: left, x2: resolved.width - margin, y1: y, y2: y }))
    for (let hour = 0; hour < 24; hour++) {
      const commits = counts[weekday * 24 + hour] ?? 0
      if (!commits) continue
      const r = Math.max(0.8, Math.sqrt(commits / most) * largest)
      const title = `${name} ${pad(hour)}:00 to ${pad(hour)}:59: ${formatCount(commits, "commit")}`
      body.push(
        element("circle", { class: "assay-fill-accent", cx: left + (hour + 0.5) * column, cy: y, r }, drawTitle(title)),
      )
    }
  })
  const bottom = top + 7 * rowHeight
  const every = [1, 2, 3, 4, 6].find((hours) => hours * column >= 22) ?? 12
  for (let hour = 0; hour < 24; hour += every) {
    body.push(
      drawText({
        text: pad(hour),
        x: left + (hour + 0.5) * column,
        y: bottom + 14,
        size: 10,
        anchor: "middle",
        colour: "muted",
      }),
    )
  }

  const peak = counts.indexOf(most)
  const weekend = sum(counts.filter((_, at) => at < 24 || at >= 144))
  return drawChart({
    options: resolved,
    height: resolved.height ?? Math.ceil(bottom + 26),
    summary:
      `${formatCount(total, "commit")}, most on ${weekdays[Math.floor(peak / 24)]} from ${pad(peak % 24)}:00 with ${formatNumber(most)}; ` +
      `${Math.round((100 * weekend) / total)} % at weekends`,
    about: "The larger the circle, the more commits began in that hour; areas compare.",
    body,
  })
}

const pad = (hour: number) => String(hour).padStart(2, "0")
