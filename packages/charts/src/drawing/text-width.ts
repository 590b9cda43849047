// Advance widths of Helvetica and Arial in thousandths of the font size, from space to tilde.
const widths = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
  556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
  260, 334, 584,
]

// What is shown where neither font is at hand is a little wider. Room is kept for it.
const allowance = 1.06
// Bold Helvetica is up to a tenth wider, letter for letter.
const boldness = 1.09

export interface TextStyle {
  /** In CSS pixels. */
  readonly size: number
  readonly bold?: boolean | undefined
}

/** How wide a line of text gets in Helvetica or Arial at most, in CSS pixels; a cautious guess for what these do not have. */
export function textWidth(text: string, { size, bold = false }: TextStyle): number {
  let sum = 0
  for (const character of text) sum += characterWidth(character)
  return ((sum * size) / 1_000) * allowance * (bold ? boldness : 1)
}

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0
  const width = widths[code - 32]
  if (width !== undefined) return width
  if (/\p{M}|\p{Cf}/u.test(character)) return 0
  if (code === 0x2026) return 1_000
  if (code === 0x2013 || code === 0xb7) return 556
  // Latin letters with marks, then Greek and Cyrillic; ideographs and whatever else there is; pictographs.
  if (code < 0x250) return 780
  if (code < 0x530) return 960
  return code < 0x1f000 ? 1_150 : 1_400
}
