import { drawnWidth, drawText, drawTitle } from "./draw-text.js"
import { element, type Markup } from "./markup.js"

export interface LegendItem {
  readonly label: string
  /** A name of the palette, or a colour such as `#3178c6`. */
  readonly colour: string
  /** Written into the mark, and into the drawing, so that nobody has to tell colours apart. */
  readonly tag?: string | undefined
}

export interface Legend {
  readonly items: readonly LegendItem[]
  readonly left: number
  readonly width: number
  readonly top: number
}

const row = 20
const mark = 14

/** Marks with their names, in as many rows as they need. */
export function drawLegend({ items, left, width, top }: Legend): { markup: Markup[]; height: number } {
  const markup: Markup[] = []
  let x = left
  let y = top
  for (const { label, colour, tag } of items) {
    const room = Math.min(drawnWidth(label), 220, width - mark - 6)
    if (x > left && x + mark + 6 + room > left + width) {
      x = left
      y += row
    }
    markup.push(element("rect", { ...fillOf(colour), x, y, width: mark, height: mark, rx: 3 }, drawTitle(label)))
    if (tag)
      markup.push(
        drawText({ text: tag, x: x + mark / 2, y: y + 10.5, size: 9, bold: true, anchor: "middle", colour: "on-c" }),
      )
    markup.push(drawText({ text: label, x: x + mark + 6, y: y + 11, width: room }))
    x += mark + 6 + room + 16
  }
  return { markup, height: items.length ? y - top + row : 0 }
}

/** The attributes that fill a mark. A colour that comes with the data may be as bright as the surface, and gets an outline. */
export function fillOf(colour: string): Record<string, string | number> {
  return colour.startsWith("#")
    ? { class: "assay-stroke-line", fill: colour, "stroke-width": 1 }
    : { class: `assay-fill-${colour}` }
}
