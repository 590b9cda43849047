/** The lines of a text, one character for each byte. What follows the last newline is a line, too, if only an empty one. */
export interface TextLines {
  readonly text: string
  /** Up to so many, from the beginning. */
  first(most: number): readonly string[]
  /** The line at this place, counted from 0 at the beginning, or from -1 at the end. Empty where there is none. */
  at(place: number): string
  /** How many bytes a line has, newlines left out. */
  meanLength(): number
}

/** Nothing is read or split before it is asked for. */
export function textLines(content: Buffer): TextLines {
  let text: string | undefined
  const lines: TextLines = {
    get text() {
      return (text ??= content.toString("latin1"))
    },
    first: (most) => lines.text.split("\n", most),
    at(place) {
      if (place >= 0) return lines.first(place + 1)[place] ?? ""
      let end = lines.text.length
      for (let left = -1; left > place; left--) {
        end = end === 0 ? -1 : lines.text.lastIndexOf("\n", end - 1)
        if (end === -1) return ""
      }
      return lines.text.slice(end === 0 ? 0 : lines.text.lastIndexOf("\n", end - 1) + 1, end)
    },
    meanLength() {
      let newlines = 0
      for (let at = content.indexOf(10); at !== -1; at = content.indexOf(10, at + 1)) newlines++
      return (content.length - newlines) / (newlines + 1)
    },
  }
  return lines
}
