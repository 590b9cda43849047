/**
 * Makes a function that matches paths against a pattern of `.gitattributes`, which strangers write. No regular expression is made of
 * it: `*a*a*a*a*b` as one would take a minute for one path. This takes at most the product of the two lengths.
 *
 * Without a slash a pattern is for names in any folder, with one it is for whole paths. `*` is any text without `/`, `?` one character
 * other than `/`, `[a-z]` one of these, `[!a-z]` one other, `**` as a whole segment any number of folders, and at the end all that is in
 * them. `\` takes the meaning from the character after it.
 */
export function attributesGlob(pattern: string): (path: string) => boolean {
  const segments = pattern
    .replace(/^\//, "")
    .split("/")
    .map(toSegment)
    // Several of them in a row mean the same as one.
    .filter((segment, at, all) => segment !== anyFolders || all[at - 1] !== anyFolders)
  if (!pattern.includes("/") && segments[0] !== anyFolders) {
    const [name] = segments
    return (path) => matchesText(name!, path.slice(path.lastIndexOf("/") + 1))
  }
  if (segments.at(-1) === anyFolders) segments.push([anyText])
  return (path) => matchesSegments(segments as Segment[], path.split("/"))
}

type Token =
  string | typeof anyText | typeof anyCharacter | { readonly in: boolean; readonly ranges: readonly string[] }
type Name = readonly Token[]
type Segment = Name | typeof anyFolders
const anyText = Symbol("*")
const anyCharacter = Symbol("?")
const anyFolders = Symbol("**")

function toSegment(text: string): Segment {
  if (text === "**") return anyFolders
  const tokens: Token[] = []
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    const [list, not, signs] = character === "[" ? (/^\[([!^]?)(\]?[^\]]*)\]/.exec(text.slice(at)) ?? []) : []
    if (list !== undefined && signs !== "") {
      tokens.push({ in: not === "", ranges: signs!.match(/[^]-[^]|[^]/g)! })
      at += list.length - 1
    } else if (character === "*") tokens.push(anyText)
    else if (character === "?") tokens.push(anyCharacter)
    else if (character === "\\" && at + 1 < text.length) tokens.push(text[++at]!)
    else tokens.push(character)
  }
  return tokens
}

function matchesSegments(segments: readonly Segment[], path: readonly string[]): boolean {
  // Which lengths of the path the segments up to here may have used.
  let reached = new Uint8Array(path.length + 1)
  reached[0] = 1
  for (const segment of segments) {
    const next = new Uint8Array(path.length + 1)
    for (let at = 0; at <= path.length; at++) {
      if (segment === anyFolders) {
        if (reached[at] === 1 || (at > 0 && next[at - 1] === 1)) next[at] = 1
      } else if (reached[at] === 1 && at < path.length && matchesText(segment, path[at]!)) next[at + 1] = 1
    }
    reached = next
  }
  return reached[path.length] === 1
}

function matchesText(tokens: Name, text: string): boolean {
  let token = 0
  let at = 0
  let star = -1
  let resume = 0
  while (at < text.length) {
    const wanted = tokens[token]
    if (wanted === anyText) {
      star = token++
      resume = at
    } else if (wanted !== undefined && matchesCharacter(wanted, text[at]!)) {
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
