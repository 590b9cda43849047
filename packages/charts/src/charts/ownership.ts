import { sum } from "d3-array"
import { resolveOptions, type ChartOptions } from "../chart-options.js"
import { checkNumber } from "../drawing/check-number.js"
import { cleanText } from "../drawing/clean-text.js"
import { drawChart, drawEmpty, margin, topOf } from "../drawing/draw-chart.js"
import { drawnWidth, drawText, drawTitle } from "../drawing/draw-text.js"
import { formatCount, formatNumber, formatShare, formatShort } from "../drawing/format-number.js"
import { element, type Markup } from "../drawing/markup.js"
import { categories } from "../drawing/palette.js"

export interface OwnershipData {
  readonly directories: readonly {
    readonly path: string
    /** In `unit`, of everybody. */
    readonly total: number
    /** Whoever has a part of it, in `unit`. What they do not add up to belongs to others. */
    readonly owners: readonly { readonly name: string; readonly amount: number }[]
    /** How many people have a part of it, if `owners` are only some of them. */
    readonly people?: number | undefined
  }[]
  /** What is shared out. Default `lines`. */
  readonly unit?: string | undefined
}

const row = 26

/**
 * A bar per directory, the largest first: how much of it is whose. The main owner is named in the bar; eight people have a colour of
 * their own.
 */
export function ownership(data: OwnershipData, options: ChartOptions = {}): string {
  const resolved = resolveOptions(options, { width: 820, title: "Ownership by directory" })
  const unit = cleanText(data.unit ?? "lines", 30)
  const directories = data.directories
    .map(({ path, total, owners, people }) => {
      const known = owners
        .map(({ name, amount }) => ({ name: cleanText(name), amount: checkNumber(amount, "an amount") }))
        .filter(({ amount }) => amount > 0)
        .sort((a, b) => b.amount - a.amount || (a.name < b.name ? -1 : 1))
      return {
        path: cleanText(path),
        owners: known,
        people: Math.max(people === undefined ? 0 : checkNumber(people, "a number of people"), known.length),
        total: Math.max(
          checkNumber(total, "a total"),
          sum(known, ({ amount }) => amount),
        ),
      }
    })
    .filter(({ total }) => total > 0)
    .sort((a, b) => b.total - a.total || (a.path < b.path ? -1 : 1))
  if (directories.length === 0) return drawEmpty(resolved, "no files with an owner")

  const top = topOf(resolved)
  const fits = resolved.height ? Math.max(1, Math.floor((resolved.height - top - 24) / row)) : 20
  const shown = directories.slice(0, fits)
  const rest = directories.slice(fits)
  const height = resolved.height ?? top + shown.length * row + 24
  const colours = coloursOf(shown)

  const inner = resolved.width - 2 * margin
  const names = Math.min(Math.max(...shown.map(({ path }) => drawnWidth(path))) + 4, inner * 0.34)
  const amounts = Math.max(...shown.map(({ total }) => drawnWidth(formatShort(total), 10))) + 4
  const left = margin + names + 8
  const width = resolved.width - margin - amounts - 6 - left
  const body: Markup[] = []
  shown.forEach((directory, at) => {
    const y = top + at * row
    body.push(drawText({ text: directory.path, x: margin, y: y + 14, width: names, keep: "end" }))
    body.push(...drawShares({ ...directory, unit, colours, x: left, y, width }))
    body.push(
      drawText({
        text: formatShort(directory.total),
        x: resolved.width - margin,
        y: y + 14,
        size: 10,
        anchor: "end",
        colour: "muted",
      }),
    )
  })
  const note = rest.length
    ? `numbers: ${unit}; the largest ${formatNumber(shown.length)}, others (${formatNumber(rest.length)}) are not drawn`
    : `numbers: ${unit}`
  body.push(
    drawText({ text: note, x: margin, y: top + shown.length * row + 12, size: 10, colour: "muted", width: inner }),
  )

  const mains = new Map<string, number>()
  for (const { owners } of directories) if (owners[0]) mains.set(owners[0].name, (mains.get(owners[0].name) ?? 0) + 1)
  const leader = [...mains].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]
  return drawChart({
    options: resolved,
    height,
    summary:
      formatCount(directories.length, "directory", "directories") +
      (leader ? `; ${leader[0]} is the main owner of ${formatNumber(leader[1])}` : ""),
    about: `Each bar is a directory, divided by whose ${unit} it holds, the largest part first. Parts too small to name are shown when pointed at.`,
    body,
  })
}

interface Directory {
  readonly path: string
  readonly total: number
  readonly owners: readonly { name: string; amount: number }[]
  readonly people: number
}

/** Those who are main owners most often get the colours: they are whom one looks for. */
function coloursOf(directories: readonly Directory[]): Map<string, string> {
  const weight = new Map<string, number>()
  for (const { owners, total } of directories) {
    owners.slice(0, 3).forEach(({ name, amount }, at) => {
      weight.set(name, (weight.get(name) ?? 0) + (at === 0 ? 10 : 1) * (amount / total))
    })
  }
  const ranked = [...weight].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  return new Map(ranked.slice(0, categories.length).map(([name], at) => [name, categories[at] ?? "others"]))
}

interface Shares extends Directory {
  readonly unit: string
  readonly colours: ReadonlyMap<string, string>
  readonly x: number
  readonly y: number
  readonly width: number
}

function drawShares({ path, owners, people, total, unit, colours, x, y, width }: Shares): Markup[] {
  const marks: Markup[] = []
  // What is narrower than two pixels is drawn with the others.
  const wide = owners.filter(({ amount }, at) => at === 0 || (at < 6 && (amount / total) * width >= 2))
  const rest = total - sum(wide, ({ amount }) => amount)
  const more = people - wide.length
  const parts = [
    ...wide.map(({ name, amount }) => ({ name, amount, colour: colours.get(name) ?? "others" })),
    ...(rest > 0
      ? [{ name: more > 0 ? `others (${formatNumber(more)})` : "others", amount: rest, colour: "empty" }]
      : []),
  ]
  let start = x
  for (const { name, amount, colour } of parts) {
    const span = (amount / total) * width
    const label = `${name} ${formatShare(amount / total)}`
    const title = `${path}: ${name}, ${formatNumber(amount)} of ${formatNumber(total)} ${unit} (${formatShare(amount / total)})`
    const shape = { x: start, y, width: Math.max(0.5, span > 3 ? span - 1 : span), height: row - 6 }
    const outline = colour === "empty" ? " assay-stroke-line" : ""
    const inset = outline ? { x: start + 0.5, y: y + 0.5, width: Math.max(0.5, shape.width - 1), height: row - 7 } : {}
    marks.push(element("rect", { class: `assay-fill-${colour}${outline}`, ...shape, ...inset }, drawTitle(title)))
    const text = drawnWidth(label) <= span - 12 ? label : name
    // What is left over is named only where there is room for the name.
    if (colour === "empty" ? drawnWidth(name) <= span - 12 : span > 44) {
      marks.push(
        drawText({ text, x: start + 6, y: y + 14, width: span - 12, colour: colour === "empty" ? "text" : "on-c" }),
      )
    }
    start += span
  }
  return marks
}
