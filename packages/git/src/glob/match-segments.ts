/**
 * Patterns of paths that strangers write are matched without regular expressions: `*a*a*a*a*b` as one would take a minute for one
 * path, and this takes at most the product of the two lengths. How a pattern is written is a matter of who reads it.
 */
export const anyText = Symbol("*")
/** One character. */
export const anyCharacter = Symbol("?")
/** Any number of folders. */
export const anyFolders = Symbol("**")

/** A character that stands for itself, or what others may stand there; none of it goes beyond a slash. */
export type Token =
  | string
  | typeof anyText
  | typeof anyCharacter
  /** One that is, or is not, in one of these ranges, each of them its first and its last character. */
  | { readonly in: boolean; readonly ranges: readonly string[] }

/** The pattern of one name. */
export type Name = readonly Token[]
export type Segment = Name | typeof anyFolders

/** By length, up to that of the path: 1 if that many of its segments, from the first on, match the whole pattern. */
export function matchedLengths(pattern: readonly Segment[], path: readonly string[]): Uint8Array {
  let reached = new Uint8Array(path.length + 1)
  reached[0] = 1
  for (const segment of pattern) {
    const next = new Uint8Array(path.length + 1)
    for (let at = 0; at <= path.length; at++) {
      if (segment === anyFolders) {
        if (reached[at] === 1 || (at > 0 && next[at - 1] === 1)) next[at] = 1
      } else if (reached[at] === 1 && at < path.length && matchesName(segment, path[at]!)) next[at + 1] = 1
    }
    reached = next
  }
  return reached
}

export function matchesName(tokens: Name, name: string): boolean {
  let token = 0
  let at = 0
  let star = -1
  let resume = 0
  while (at < name.length) {
    const wanted = tokens[token]
    if (wanted === anyText) {
      star = token++
      resume = at
    } else if (wanted !== undefined && matchesCharacter(wanted, name[at]!)) {
      token++
      at++
    } else if (star >= 0) {
      // The last star takes one character more. Those before it need not: it can take whatever they could.
      token = star + 1
      at = ++resume
    } else return false
  }
  while (tokens[token] === anyText) token++
  return token === tokens.length
}

function matchesCharacter(wanted: Exclude<Token, typeof anyText>, character: string): boolean {
  if (typeof wanted === "string") return wanted === character
  if (wanted === anyCharacter) return true
  return wanted.in === wanted.ranges.some((range) => range[0]! <= character && character <= range.at(-1)!)
}
