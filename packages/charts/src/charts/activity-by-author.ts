import { max, sum } from "d3-array"
import { scaleLinear } from "d3-scale"
import { utcMonth } from "d3-time"
import { resolveOptions, type ChartOptions } from "../chart-options.js"
import { parseDay } from "../drawing/calendar-date.js"
import { checkNumber } from "../drawing/check-number.js"
import { drawValueAxis, valueAxisWidth } from "../drawing/draw-axes.js"
import { drawChart, drawEmpty, margin, topOf } from "../drawing/draw-chart.js"
import { drawLegend } from "../drawing/draw-legend.js"
import { drawnWidth, drawText, drawTitle } from "../drawing/draw-text.js"
import { formatCount, formatNumber } from "../drawing/format-number.js"
import { element, type Markup } from "../drawing/markup.js"
import { categories } from "../drawing/palette.js"

export interface ActivityByAuthorData {
  /** `2026-08`, in any order; what lies between the first and the last and is missing had none. */
  readonly months: readonly string[]
  readonly authors: readonly {
    readonly name: string
    /** One for each month. What is missing at the end is 0. */
    readonly commits: readonly number[]
  }[]
  /** Those whom the data has put together already. */
  readonly others?: { readonly people: number; readonly commits: readonly number[] } | undefined
}

/**
 * Stacked bars: commits per month of the seven people with the most, and of all others together. Where months would be thinner
 * than 5 pixels, a bar is a quarter or a year.
 */
export function activityByAuthor(data: ActivityByAuthorData, options: ChartOptions = {}): string {
  const resolved = resolveOptions(options, { width: 820, title: "Commits by author" })
  const times = data.months.map((month) => parseDay(month.slice(0, 7)))
  const everyone = data.authors
    .map(({ name, commits }) => ({ name, commits: times.map((_, at) => checkNumber(commits[at] ?? 0, "commits")) }))
    .map((author) => ({ ...author, total: sum(author.commits) }))
    .filter(({ total }) => total > 0)
    .sort((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1))
  const others = data.others?.commits.map((commits) => checkNumber(commits, "commits")) ?? []
  if (times.length === 0 || (everyone.length === 0 && sum(others) === 0)) return drawEmpty(resolved, "no commits")

  const top = topOf(resolved)
  const first = new Date(Math.min(...times.map(Number)))
  const monthCount = utcMonth.count(first, new Date(Math.max(...times.map(Number)))) + 1
  const unit = units.find(({ months }) => (monthCount / months) * 5 <= resolved.width - 70) ?? units[units.length - 1]!
  const bucketOf = (time: Date) => Math.floor(monthIndex(time) / unit.months)
  const firstBucket = bucketOf(first)
  const buckets = Math.floor((monthIndex(first) + monthCount - 1) / unit.months) - firstBucket + 1
  const fold = (commits: readonly number[]) => {
    const folded = new Array<number>(buckets).fill(0)
    times.forEach((time, at) => (folded[bucketOf(time) - firstBucket]! += commits[at] ?? 0))
    return folded
  }

  const shown = everyone.length > categories.length ? everyone.slice(0, 7) : everyone
  const rest = everyone.slice(shown.length)
  const restPeople = rest.length + (data.others?.people ?? 0)
  const restCommits = times.map((_, at) => (others[at] ?? 0) + sum(rest, ({ commits }) => commits[at] ?? 0))
  const series = [
    ...shown.map(({ name, commits, total }, at) => ({
      name,
      colour: categories[at]!,
      tag: String(at + 1),
      total,
      commits: fold(commits),
    })),
    ...(sum(restCommits) > 0
      ? [
          {
            name: `others (${formatNumber(restPeople)})`,
            colour: "others",
            tag: "+",
            total: sum(restCommits),
            commits: fold(restCommits),
          },
        ]
      : []),
  ]

  const totals = Array.from({ length: buckets }, (_, at) => sum(series, ({ commits }) => commits[at]))
  const highest = max(totals) ?? 0
  const legend = drawLegend({
    items: series.map(({ name, colour, tag, total }) => ({ label: `${name} ${formatNumber(total)}`, colour, tag })),
    left: margin,
    width: resolved.width - 2 * margin,
    top,
  })
  const plotTop = top + legend.height + 10
  const height = resolved.height ?? plotTop + 200
  const bottom = Math.max(plotTop + 20, height - 26)
  const scale = scaleLinear([0, highest], [bottom, plotTop]).nice(4)
  const left = margin + valueAxisWidth(scale)
  const right = resolved.width - margin
  const step = Math.min((right - left) / buckets, 60)
  const label = (at: number) => unit.label(firstBucket + at)

  const body: Markup[] = [...drawValueAxis({ scale, left, right }), ...legend.markup]
  const bottoms = new Array<number>(buckets).fill(0)
  const gap = step > 8 ? 2 : step > 4 ? 1 : 0.4
  for (const { name, colour, tag, commits } of series) {
    const largest = commits.indexOf(max(commits) ?? 0)
    commits.forEach((count, at) => {
      if (!count) return
      const y = scale((bottoms[at] ?? 0) + count)
      const tall = scale(bottoms[at] ?? 0) - y
      bottoms[at] = (bottoms[at] ?? 0) + count
      const x = left + at * step
      // A line of the surface between two people, as long as there is something left of both.
      const drawn = Math.max(tall > 3 ? tall - 1 : tall, 0.5)
      body.push(
        element(
          "rect",
          { class: `assay-fill-${colour}`, x, y, width: step - gap, height: drawn },
          drawTitle(`${label(at)}: ${name}, ${formatCount(count, "commit")} of ${formatNumber(totals[at] ?? 0)}`),
        ),
      )
      if (at === largest && step - gap >= 8 && tall >= 13) {
        const middle = y + drawn / 2 + 3.2
        body.push(
          drawText({
            text: tag,
            x: x + (step - gap) / 2,
            y: middle,
            size: 9,
            bold: true,
            anchor: "middle",
            colour: "on-c",
          }),
        )
      }
    })
  }
  body.push(element("line", { class: "assay-stroke-line", x1: left, x2: right, y1: bottom + 0.5, y2: bottom + 0.5 }))
  body.push(...drawBucketAxis({ buckets, label, left, step, right, y: bottom + 16 }))

  const total = sum(totals)
  const peak = totals.indexOf(highest)
  const [leader] = series
  return drawChart({
    options: resolved,
    height,
    summary:
      `${formatCount(total, "commit")} by ${formatCount(shown.length + restPeople, "person", "people")} from ${label(0)} to ${label(buckets - 1)}, ` +
      `busiest ${label(peak)} with ${formatNumber(highest)}` +
      (leader ? `; ${leader.name} has the most, ${formatNumber(leader.total)}` : ""),
    about: `A bar is a ${unit.name}. People are stacked in the order of the legend, from below, and numbered as there.`,
    body,
  })
}

const monthIndex = (time: Date) => time.getUTCFullYear() * 12 + time.getUTCMonth()
const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

const units = [
  { name: "month", months: 1, label: (at: number) => `${monthNames[at % 12]} ${Math.floor(at / 12)}` },
  { name: "quarter", months: 3, label: (at: number) => `Q${(at % 4) + 1} ${Math.floor(at / 4)}` },
  { name: "year", months: 12, label: (at: number) => String(at) },
  { name: "decade", months: 120, label: (at: number) => `${at}0s` },
]

interface BucketAxis {
  readonly buckets: number
  readonly label: (at: number) => string
  readonly left: number
  readonly step: number
  readonly right: number
  readonly y: number
}

function drawBucketAxis({ buckets, label, left, step, right, y }: BucketAxis): Markup[] {
  const every = Math.max(1, Math.ceil((drawnWidth(label(0), 10) + 14) / step))
  // Whole quarters and years between labels are read more easily than eleven months.
  const stride = [1, 2, 3, 6, 12, 24, 60, 120].find((months) => months >= every) ?? every
  const labels: Markup[] = []
  for (let at = 0; at < buckets; at += stride) {
    const text = label(at)
    const x = left + at * step
    if (at > 0 && x + drawnWidth(text, 10) > right) break
    labels.push(drawText({ text, x, y, size: 10, colour: "muted" }))
  }
  return labels
}
