import { anyCharacter, anyFolders, anyText, matchedLengths, matchesName } from "../glob/match-segments.js"
import type { Name, Segment, Token } from "../glob/match-segments.js"

/**
 * Makes a function that matches paths against a pattern of `.gitattributes`, which strangers write.
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
    return (path) => matchesName(name as Name, path.slice(path.lastIndexOf("/") + 1))
  }
  if (segments.at(-1) === anyFolders) segments.push([anyText])
  return (path) => {
    const names = path.split("/")
    return matchedLengths(segments, names)[names.length] === 1
  }
}

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
