import { anyCharacter, anyFolders, anyText, matchedLengths } from "../glob/match-segments.js"
import type { Segment, Token } from "../glob/match-segments.js"

/**
 * Matches paths against patterns that strangers may write.
 *
 * A pattern names a file, or a folder with all that is in it, from the root: `src/lib`. `*` is any text without `/`, `?` one
 * character other than `/`, `**` any number of folders. A pattern that has a wildcard and no `/` is looked for in every folder:
 * `*.ts`. `\` takes the meaning from the character after it.
 */
export type PathMatcher = (path: string) => boolean

export function matchPaths(patterns: readonly string[]): PathMatcher {
  const compiled = patterns.map(compile)
  return (path) => {
    const segments = path.split("/")
    // The path itself, or one of the folders that it is in.
    return compiled.some((pattern) => pattern.length > 0 && matchedLengths(pattern, segments).includes(1))
  }
}

function compile(pattern: string): Segment[] {
  const segments: Segment[] = []
  let tokens: Token[] = []
  let wild = false
  let slashes = 0
  const end = (): void => {
    if (tokens.length > 0)
      segments.push(tokens.length === 2 && tokens.every((token) => token === anyText) ? anyFolders : tokens)
    tokens = []
  }
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!
    if (character === "/") {
      end()
      slashes++
    } else if (character === "*" || character === "?") {
      tokens.push(character === "*" ? anyText : anyCharacter)
      wild = true
    } else if (character === "\\" && at + 1 < pattern.length) tokens.push(pattern[++at]!)
    else tokens.push(character)
  }
  end()
  return wild && slashes === 0 ? [anyFolders, ...segments] : segments
}

/** Splits at commas, except those after a backslash. */
export function splitList(text: string): string[] {
  return text
    .split(/(?<!\\),/)
    .map((part) => part.replaceAll("\\,", ",").trim())
    .filter((part) => part !== "")
}
