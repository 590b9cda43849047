import { textWidth, type TextStyle } from "./text-width.js"

/**
 * The text, or as much of its beginning as is no wider than `width`, with an ellipsis; nothing, where not even one letter would
 * fit. With `keep: "end"` it is the end that stays: of a path, that is the name of the file.
 */
export function truncateText(text: string, width: number, style: TextStyle & { keep?: "start" | "end" }): string {
  if (textWidth(text, style) <= width) return text
  const characters = [...text]
  const cut = (length: number) => {
    const part = style.keep === "end" ? characters.slice(characters.length - length) : characters.slice(0, length)
    return style.keep === "end" ? `…${part.join("").trimStart()}` : `${part.join("").trimEnd()}…`
  }
  let fits = 0
  let doesNot = characters.length
  while (doesNot - fits > 1) {
    const middle = (fits + doesNot) >> 1
    if (textWidth(cut(middle), style) <= width) fits = middle
    else doesNot = middle
  }
  return fits === 0 ? "" : cut(fits)
}
