/**
 * Text from outside (names of people, paths, messages) without what a terminal would obey: control characters, escape
 * sequences, and the marks that turn the direction of writing around.
 */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- these must not reach a terminal
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, "\ufffd")
}

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" })

/** How many columns of a terminal the text takes. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  for (const { segment } of segmenter.segment(text)) width += isWide(segment) ? 2 : 1
  return width
}

function isWide(segment: string): boolean {
  if (/\p{Emoji_Presentation}|\ufe0f/u.test(segment)) return true
  return /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
    segment,
  )
}

/** Cut to at most `columns`, with an ellipsis where something was left out. */
export function shorten(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  let kept = ""
  let width = 0
  for (const { segment } of segmenter.segment(text)) {
    width += isWide(segment) ? 2 : 1
    if (width > columns - 1) break
    kept += segment
  }
  return `${kept}…`
}

/** Cut in front rather than behind: the end of a path says more than its beginning. */
export function shortenPath(path: string, columns: number): string {
  if (displayWidth(path) <= columns) return path
  const segments = [...segmenter.segment(path)].map(({ segment }) => segment)
  while (segments.length > 0 && displayWidth(segments.join("")) > columns - 1) segments.shift()
  return `…${segments.join("")}`
}

export function padEnd(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - displayWidth(text)))
}

export function padStart(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - displayWidth(text))) + text
}
