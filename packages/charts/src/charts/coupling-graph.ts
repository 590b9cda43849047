import { resolveOptions, type ChartOptions } from "../chart-options.js"
import { checkNumber } from "../drawing/check-number.js"
import { cleanText } from "../drawing/clean-text.js"
import { drawChart, drawEmpty, margin, topOf } from "../drawing/draw-chart.js"
import { drawnWidth, drawText, drawTitle } from "../drawing/draw-text.js"
import { formatCount, formatNumber } from "../drawing/format-number.js"
import { element, round, type Markup } from "../drawing/markup.js"
import { orderFiles } from "./order-files.js"

export interface CouplingGraphData {
  /** Strongest first. */
  readonly pairs: readonly CoupledPair[]
  /** How many pairs there are, if not all of them are given. */
  readonly total?: number | undefined
}

export interface CoupledPair {
  readonly first: string
  readonly second: string
  /** In percent of the average number of commits of the two. */
  readonly degree: number
  /** Commits that changed both. */
  readonly shared: number
}

const row = 17
const most = 30

/** Files that change together: a line of text for each file, an arc for each pair, thicker the more often. At most 30 pairs. */
export function couplingGraph(data: CouplingGraphData, options: ChartOptions = {}): string {
  const resolved = resolveOptions(options, { width: 640, title: "Files that change together" })
  const all = data.pairs
    .map(({ first, second, degree, shared }) => ({
      first: cleanText(first),
      second: cleanText(second),
      degree: Math.min(100, checkNumber(degree, "a degree")),
      shared: checkNumber(shared, "a number of commits"),
    }))
    .filter(({ first, second }) => first !== second)
  if (all.length === 0) return drawEmpty(resolved, "no files that change together")

  const top = topOf(resolved)
  const pairs = strongest(all, resolved.height ? Math.floor((resolved.height - top - 24) / row) : Infinity)
  const files = orderFiles(pairs)
  const rows = new Map(files.map((file, at) => [file, top + (at + 0.5) * row]))
  const height = resolved.height ?? top + files.length * row + 24
  const inner = resolved.width - 2 * margin
  const names = Math.min(
    Math.max(...files.map((file) => drawnWidth(file))),
    inner * (resolved.width < 500 ? 0.62 : 0.6),
  )
  const left = margin + names + 8
  const room = resolved.width - margin - left

  const body: Markup[] = []
  files.forEach((file) => {
    const y = rows.get(file) ?? 0
    body.push(drawText({ text: file, x: margin, y: y + 4, width: names, keep: "end" }))
    body.push(element("circle", { class: "assay-fill-accent", cx: left, cy: y, r: 2.5 }))
  })
  const widest = Math.max(
    ...pairs.map(({ first, second }) => Math.abs((rows.get(first) ?? 0) - (rows.get(second) ?? 0))),
  )
  // Half an ellipse, as wide as there is room for, so that far arcs and near ones are told apart.
  const flatness = Math.min(1.6, Math.max(10, room - 70) / widest)
  const reach = (span: number) => 16 + span * flatness
  const taken: { x: number; y: number; width: number }[] = []
  const labels: Markup[] = []
  for (const { first, second, degree, shared } of pairs) {
    const [from = 0, to = 0] = [rows.get(first) ?? 0, rows.get(second) ?? 0].sort((a, b) => a - b)
    const far = left + reach(to - from)
    const title = `${first} and ${second}: ${formatNumber(degree)} %, ${formatCount(shared, "commit")} together`
    const bend = left + 4 + ((far - left - 4) * 4) / 3
    const d = `M${round(left + 4)},${round(from)}C${round(bend)},${round(from)} ${round(bend)},${round(to)} ${round(left + 4)},${round(to)}`
    body.push(
      element(
        "path",
        { class: "assay-stroke-accent", fill: "none", "stroke-width": round(1 + (degree / 100) ** 2 * 4), d },
        drawTitle(title),
      ),
    )
    const text = `${formatNumber(degree)} %`
    const place = { x: far + 6, y: (from + to) / 2 + 3.5, width: drawnWidth(text, 10) }
    const free = taken.every(
      (other) =>
        Math.abs(other.y - place.y) > 12 || other.x > place.x + place.width + 2 || place.x > other.x + other.width + 2,
    )
    if (!free) continue
    taken.push(place)
    // A halo keeps the number readable where arcs of others pass under it.
    labels.push(
      element("rect", {
        class: "assay-fill-surface",
        x: place.x - 2,
        y: place.y - 9,
        width: place.width + 2,
        height: 12,
        rx: 2,
      }),
    )
    labels.push(drawText({ text, x: place.x, y: place.y, size: 10, colour: "muted" }))
  }
  const total = Math.max(data.total ?? 0, all.length)
  const note =
    total > pairs.length
      ? `the strongest ${formatNumber(pairs.length)} of ${formatNumber(total)} pairs`
      : formatCount(total, "pair")
  body.push(
    ...labels,
    drawText({ text: note, x: margin, y: top + files.length * row + 14, size: 10, colour: "muted", width: inner }),
  )

  const [first] = pairs
  return drawChart({
    options: resolved,
    height,
    summary:
      `${formatCount(total, "pair")} of files that change together` +
      (first ? `; ${first.first} and ${first.second} most, in ${formatNumber(first.degree)} % of their commits` : ""),
    about: `An arc joins two files; the thicker, the larger the share of their commits that changed both. Drawn: ${note}.`,
    body,
  })
}

/** As many pairs as there are rows for, and not more than can be told apart. */
function strongest(pairs: readonly CoupledPair[], rows: number): CoupledPair[] {
  const files = new Set<string>()
  const kept: CoupledPair[] = []
  for (const pair of pairs.slice(0, most)) {
    const more = [pair.first, pair.second].filter((file) => !files.has(file))
    if (kept.length > 0 && files.size + more.length > rows) break
    more.forEach((file) => files.add(file))
    kept.push(pair)
  }
  return kept
}
