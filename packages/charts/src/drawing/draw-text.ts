import { cleanText } from "./clean-text.js"
import { element, escapeText, type Markup } from "./markup.js"
import { textWidth } from "./text-width.js"
import { truncateText } from "./truncate-text.js"

export interface TextPlacement {
  /** As it came: it is cleaned and escaped here. */
  readonly text: string
  readonly x: number
  /** Of the line that letters stand on. */
  readonly y: number
  /** In CSS pixels. Default 11. */
  readonly size?: number | undefined
  readonly bold?: boolean | undefined
  /** Which point of the text is at `x`. Default `start`. */
  readonly anchor?: "start" | "middle" | "end" | undefined
  /** A name of the palette. Default `text`. */
  readonly colour?: string | undefined
  /** What does not fit is cut, and the whole is shown by a pointer at rest. */
  readonly width?: number | undefined
  readonly keep?: "start" | "end" | undefined
}

/** A line of text, never wider than its room. Nothing at all, where the room is too small for a letter. */
export function drawText(placement: TextPlacement): Markup {
  const { x, y, size = 11, bold, anchor = "start", colour = "text", width = Infinity, keep = "start" } = placement
  const whole = cleanText(placement.text)
  const shown = truncateText(whole, width, { size, bold, keep })
  if (!shown) return "" as Markup
  return element(
    "text",
    {
      class: `assay-fill-${colour}`,
      x,
      y,
      "font-size": size,
      "font-weight": bold ? "bold" : undefined,
      "text-anchor": anchor === "start" ? undefined : anchor,
    },
    [escapeText(shown), ...(shown === whole ? [] : [drawTitle(whole)])],
  )
}

/** What a pointer at rest shows. */
export function drawTitle(text: string): Markup {
  return element("title", {}, escapeText(cleanText(text, 300)))
}

/** How much room a line of text takes, as `drawText` would write it. */
export function drawnWidth(text: string, size = 11, bold = false): number {
  return textWidth(cleanText(text), { size, bold })
}
