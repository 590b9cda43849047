/**
 * The lines of the first 128 KiB of a file, one character for each byte: linguist does not read on, either. What follows the last
 * newline is a line, too, if only an empty one.
 */
export interface TextLines {
  /** All of them. Longer to have than a few lines. */
  readonly text: string
  /** Up to so many, from the beginning. */
  first(most: number): readonly string[]
  /** The line at this place, counted from 0 at the beginning, or from -1 at the end. Empty where there is none. */
  at(place: number): string
  /** How many bytes a line has, newlines left out. */
  meanLength(): number
}

const longestText = 128 * 1024
const newline = 10

/** Nothing is decoded or split before it is asked for. */
export function textLines(file: Buffer): TextLines {
  const content = file.subarray(0, longestText)
  let text: string | undefined
  return {
    get text() {
      return (text ??= content.toString("latin1"))
    },
    first(most) {
      const lines: string[] = []
      for (let start = 0; lines.length < most;) {
        const end = content.indexOf(newline, start)
        lines.push(content.toString("latin1", start, end === -1 ? content.length : end))
        if (end === -1) break
        start = end + 1
      }
      return lines
    },
    at(place) {
      if (place >= 0) return this.first(place + 1)[place] ?? ""
      let end = content.length
      for (let left = -1; left > place; left--) {
        end = end === 0 ? -1 : content.lastIndexOf(newline, end - 1)
        if (end === -1) return ""
      }
      return content.toString("latin1", end === 0 ? 0 : content.lastIndexOf(newline, end - 1) + 1, end)
    },
    meanLength() {
      let newlines = 0
      for (let at = content.indexOf(newline); at !== -1; at = content.indexOf(newline, at + 1)) newlines++
      return (content.length - newlines) / (newlines + 1)
    },
  }
}
