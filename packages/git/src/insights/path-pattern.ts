/**
 * Matches paths against patterns that strangers may write. No regular expressions are made of them: `*a*a*a*b` as one would take
 * time without end, and this takes at most the product of the two lengths.
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
    return compiled.some((pattern) => matchesSegments(pattern, segments))
  }
}

/** One token per character; wildcards are symbols that no path holds. */
type Segment = readonly (string | typeof anyText | typeof anyCharacter)[] | typeof anyFolders
const anyText = Symbol("*")
const anyCharacter = Symbol("?")
const anyFolders = Symbol("**")

function compile(pattern: string): Segment[] {
  const segments: Segment[] = []
  let tokens: (string | typeof anyText | typeof anyCharacter)[] = []
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

/** Whether the pattern is the path, or one of the folders that it is in. */
function matchesSegments(pattern: readonly Segment[], path: readonly string[]): boolean {
  // Which lengths of the path the pattern up to here may have used.
  let reached = new Uint8Array(path.length + 1)
  reached[0] = 1
  for (const segment of pattern) {
    const next = new Uint8Array(path.length + 1)
    for (let at = 0; at <= path.length; at++) {
      if (segment === anyFolders) {
        if (reached[at] === 1 || (at > 0 && next[at - 1] === 1)) next[at] = 1
      } else if (reached[at] === 1 && at < path.length && matchesText(segment, path[at]!)) next[at + 1] = 1
    }
    reached = next
  }
  return pattern.length > 0 && reached.includes(1)
}

function matchesText(tokens: Exclude<Segment, typeof anyFolders>, text: string): boolean {
  let token = 0
  let at = 0
  let star = -1
  let resume = 0
  while (at < text.length) {
    const wanted = tokens[token]
    if (wanted === anyText) {
      star = token++
      resume = at
    } else if (token < tokens.length && (wanted === anyCharacter || wanted === text[at])) {
      token++
      at++
    } else if (star >= 0) {
      token = star + 1
      at = ++resume
    } else return false
  }
  while (tokens[token] === anyText) token++
  return token === tokens.length
}

/** Splits at commas, except those after a backslash. */
export function splitList(text: string): string[] {
  return text
    .split(/(?<!\\),/)
    .map((part) => part.replaceAll("\\,", ",").trim())
    .filter((part) => part !== "")
}
