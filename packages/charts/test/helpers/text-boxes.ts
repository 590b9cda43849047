import { textWidth } from "../../src/drawing/text-width.js"
import { parseSvg } from "./parse-svg.js"

export interface Box {
  readonly text: string
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Where the lines of text of a drawing stand; all coordinates are absolute, as no chart transforms anything. */
export function textBoxes(svg: string): { boxes: Box[]; width: number; height: number } {
  const elements = parseSvg(svg)
  const root = elements[0]!.attributes
  if (elements.some(({ attributes }) => "transform" in attributes))
    throw new Error("a transform moves what is measured")
  const boxes = elements
    .filter(({ name }) => name === "text")
    .map(({ attributes, text }) => {
      const size = Number(attributes["font-size"])
      const width = textWidth(text, { size, bold: attributes["font-weight"] === "bold" })
      const shift = { start: 0, middle: width / 2, end: width }[attributes["text-anchor"] ?? "start"] ?? NaN
      const left = Number(attributes["x"]) - shift
      const line = Number(attributes["y"])
      return { text, left, right: left + width, top: line - size * 0.76, bottom: line + size * 0.22 }
    })
  return { boxes, width: Number(root["width"]), height: Number(root["height"]) }
}

/** Pairs of lines that touch one another, and lines that leave the drawing. */
export function troubles(svg: string): string[] {
  const { boxes, width, height } = textBoxes(svg)
  const outside = boxes
    .filter(({ left, right, top, bottom }) => left < -0.5 || right > width + 0.5 || top < -0.5 || bottom > height + 0.5)
    .map(({ text }) => `"${text}" leaves the drawing`)
  const touching = boxes.flatMap((one, at) =>
    boxes
      .slice(at + 1)
      .filter(
        (other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom,
      )
      .map((other) => `"${one.text}" and "${other.text}" overlap`),
  )
  return [...outside, ...touching]
}
