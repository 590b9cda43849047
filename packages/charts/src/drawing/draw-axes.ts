import type { ScaleLinear, ScaleTime } from "d3-scale"
import { utcFormat } from "d3-time-format"
import { drawnWidth, drawText } from "./draw-text.js"
import { formatShort } from "./format-number.js"
import { element, type Markup } from "./markup.js"

const day = 86_400_000

export interface ValueAxis {
  readonly scale: ScaleLinear<number, number>
  readonly left: number
  readonly right: number
  /** Default: as in `3.6k`. */
  readonly format?: ((value: number) => string) | undefined
}

/** Lines across, and their numbers to the left of them. */
export function drawValueAxis({ scale, left, right, format = formatShort }: ValueAxis): Markup[] {
  return valueTicks(scale).flatMap((value) => {
    const y = Math.round(scale(value)) + 0.5
    return [
      element("line", { class: "assay-stroke-grid", x1: left, x2: right, y1: y, y2: y }),
      drawText({ text: format(value), x: left - 6, y: y + 3.5, size: 10, anchor: "end", colour: "muted" }),
    ]
  })
}

/** How much room the numbers need. */
export function valueAxisWidth(scale: ScaleLinear<number, number>, format = formatShort): number {
  return Math.ceil(Math.max(...valueTicks(scale).map((value) => drawnWidth(format(value), 10)))) + 8
}

function valueTicks(scale: ScaleLinear<number, number>): number[] {
  const [bottom = 0, top = 0] = scale.range()
  return scale.ticks(Math.max(2, Math.min(5, Math.floor(Math.abs(bottom - top) / 36))))
}

export interface TimeAxis {
  readonly scale: ScaleTime<number, number>
  /** Of the line that the labels stand on. */
  readonly y: number
}

/** Years, months or days, as many as there is room for. A label that would touch the one before it is left out. */
export function drawTimeAxis({ scale, y }: TimeAxis): Markup[] {
  const [left = 0, right = 0] = scale.range()
  const [first = new Date(0), last = new Date(0)] = scale.domain()
  const days = (last.getTime() - first.getTime()) / day
  const format = days > 4 * 365 ? utcFormat("%Y") : days > 62 ? utcFormat("%b %Y") : utcFormat("%b %-d")
  const labels: Markup[] = []
  let end = -Infinity
  let before = ""
  for (const tick of scale.ticks(Math.max(2, Math.floor((right - left) / 48)))) {
    const text = format(tick)
    const half = drawnWidth(text, 10) / 2
    const x = Math.min(Math.max(scale(tick), left + half), right - half)
    if (text === before || x - half < end + 8) continue
    labels.push(drawText({ text, x, y, size: 10, anchor: "middle", colour: "muted" }))
    end = x + half
    before = text
  }
  return labels
}
