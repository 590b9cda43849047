const controls = /[\p{Cc}\u2028\u2029\s]+/gu
// Lone surrogates and noncharacters are in no XML document; the others turn the direction of what follows, or hide in it.
const unwritable = /\p{Surrogate}|[\u{FFFE}\u{FFFF}\u{FDD0}-\u{FDEF}]/gu
const invisible = /[\u061C\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E0FFF}]/gu
// Marks pile up over a letter without end, and would be drawn over the lines above.
const piles = /(\p{M}{2})\p{M}+/gu

/**
 * Text from outside as a line of text: without control characters, marks of direction and what no XML may hold; white space is one
 * space. Cut at `longest` characters, with an ellipsis that says so.
 */
export function cleanText(text: string, longest = 160): string {
  // A name of megabytes costs no more than a long one: what is cut off in the end need not be cleaned.
  const start = text.length > longest * 40 ? text.slice(0, longest * 40) : text
  const clean = start
    .replace(unwritable, "\uFFFD")
    .replace(invisible, "")
    .replace(controls, " ")
    .replace(piles, "$1")
    .replace(/[\uFDFA-\uFDFD]/g, "\uFFFD") // Whole sentences in one character, many times as wide as others.
    .trim()
  const characters = [...clean]
  if (characters.length <= longest && start === text) return clean
  return `${characters.slice(0, longest - 1).join("")}…`
}
