import { sum } from "d3-array"
import { resolveOptions, type ChartOptions } from "../chart-options.js"
import { checkNumber } from "../drawing/check-number.js"
import { cleanText } from "../drawing/clean-text.js"
import { drawChart, margin, topOf } from "../drawing/draw-chart.js"
import { drawnWidth, drawText } from "../drawing/draw-text.js"
import { formatCount, formatNumber, formatShort } from "../drawing/format-number.js"
import { element, type Markup } from "../drawing/markup.js"
import { drawBars } from "./sparkline.js"

export interface CardData {
  /** `owner/repo`. */
  readonly name: string
  readonly commits?: number | undefined
  readonly people?: number | undefined
  /** How many people have half of it between them. */
  readonly busFactor?: number | undefined
  /** Oldest first. */
  readonly commitsPerWeek?: readonly number[] | undefined
  /** What the numbers are of: `main at 3f2c1ab, 2026-08-31`. */
  readonly asOf?: string | undefined
}

/** A repository in four numbers and a row of bars, to stand in a README. What is not known is left out. */
export function card(data: CardData, options: ChartOptions = {}): string {
  const resolved = resolveOptions(options, { width: 420, title: "" })
  const top = resolved.title ? topOf(resolved) : 0
  const height = resolved.height ?? top + 132
  const inner = resolved.width - 2 * margin - 8
  const left = margin + 4
  const name = cleanText(data.name)
  const figures = [
    { value: data.commits, label: "commits" },
    { value: data.people, label: "people" },
    { value: data.busFactor, label: "bus factor" },
  ].flatMap(({ value, label }) => (value === undefined ? [] : [{ value: checkNumber(value, label), label }]))
  const weeks = data.commitsPerWeek?.map((commits) => checkNumber(commits, "commits"))

  const body: Markup[] = [
    element("rect", {
      class: "assay-fill-surface assay-stroke-line",
      x: 0.5,
      y: top + 0.5,
      width: resolved.width - 1,
      height: height - top - 1,
      rx: 8,
    }),
    drawText({ text: name, x: left, y: top + 28, size: 16, bold: true, width: inner, keep: "end" }),
  ]
  let x = left
  for (const { value, label } of figures) {
    const text = resolved.width < 360 ? formatShort(value) : formatNumber(value)
    const width = Math.max(drawnWidth(text, 20, true), drawnWidth(label))
    if (x + width > left + inner) break
    body.push(drawText({ text, x, y: top + 68, size: 20, bold: true }))
    body.push(drawText({ text: label, x, y: top + 84, size: 11, colour: "muted" }))
    x += width + (resolved.width < 360 ? 12 : 22)
  }
  if (weeks && weeks.length > 0) {
    const from = Math.max(x, left + inner * 0.6)
    const width = left + inner - from
    body.push(...drawBars(weeks, { x: from, y: top + 46, width, height: 26 }))
    body.push(
      drawText({
        text: `last ${formatCount(weeks.length, "week")}`,
        x: from,
        y: top + 84,
        size: 11,
        colour: "muted",
        width,
      }),
    )
  }
  if (data.asOf)
    body.push(drawText({ text: data.asOf, x: left, y: top + 114, size: 10, colour: "muted", width: inner }))
  const counted = figures.map(({ value, label }) =>
    label === "bus factor" ? `bus factor ${value}` : `${formatNumber(value)} ${label}`,
  )
  if (weeks && weeks.length > 0)
    counted.push(`${formatNumber(sum(weeks))} commits in the last ${formatCount(weeks.length, "week")}`)
  return drawChart({
    options: resolved,
    height,
    summary: [name, counted.join(", ")].filter(Boolean).join(": "),
    about: data.asOf ?? "",
    body,
  })
}
