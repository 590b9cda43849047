import type { ResolvedOptions } from "../chart-options.js"
import { styleOf } from "./chart-style.js"
import { cleanText } from "./clean-text.js"
import { drawText } from "./draw-text.js"
import { element, escapeText, join, type Markup } from "./markup.js"

export const fontFamily = "Helvetica, Arial, 'Liberation Sans', Arimo, sans-serif"
export const margin = 12

export interface Drawing {
  readonly options: ResolvedOptions
  readonly height: number
  /** What is to be seen, in a sentence: it is read out in place of the picture. */
  readonly summary: string
  /** How to read it, and what was put together. */
  readonly about: string
  readonly body: readonly Markup[]
}

/** Puts frame, title, colours and description around a drawing. */
export function drawChart({ options, height, summary, about, body }: Drawing): string {
  const { width, title, prefix, theme } = options
  const shown = join([
    element("rect", { class: "assay-fill-surface", width, height }),
    ...(title ? [drawText({ text: title, x: margin, y: 22, size: 14, bold: true, width: width - 2 * margin })] : []),
    ...body,
  ])
  const aboutId = `${prefix}-about`
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      class: options.style === "own" ? `assay-chart assay-${theme}` : "assay-chart",
      role: "img",
      "aria-label": cleanText(summary, 600),
      "aria-describedby": about ? aboutId : undefined,
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      "font-family": fontFamily,
    },
    [
      ...(about ? [element("desc", { id: aboutId }, escapeText(cleanText(about, 1_000)))] : []),
      ...(options.style === "own" ? [element("style", {}, escapeText(styleOf(shown, theme)))] : []),
      shown,
    ],
  )
}

/** Where the drawing may begin, below the title. */
export function topOf(options: ResolvedOptions): number {
  return options.title ? 36 : 10
}

/** A small chart that says that there is nothing, and of what. */
export function drawEmpty(options: ResolvedOptions, message: string): string {
  const top = topOf(options)
  const height = options.height ?? top + 32
  const text = drawText({
    text: message,
    x: margin,
    y: Math.min(top + 14, height - 4),
    size: 12,
    colour: "muted",
    width: options.width - 2 * margin,
  })
  return drawChart({
    options,
    height,
    summary: `${cleanText(options.title)}: ${message}`.replace(/^: /, ""),
    about: "",
    body: [text],
  })
}
