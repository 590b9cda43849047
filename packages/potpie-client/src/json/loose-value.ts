/** A value read from the middle of a text, and where it ended. */
export interface LooseValue {
  value: unknown
  /** The index of the first character after it. */
  end: number
}

/** There is no value. */
export interface LooseFailure {
  /** Whether something is certainly meant as one: there is a key with its colon, an element with its comma, or great depth. */
  meant: boolean
}

/** Deeper than this nobody means it, and each level costs a frame of the stack. */
const deepest = 200

const literals: readonly (readonly [string, unknown])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
]
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const space = /[ \t\n\r]*/y

/**
 * Reads the object or array that begins at an index. Beyond JSON it takes what can mean only one thing: one comma after the last
 * member or element, and line breaks and tabs inside strings, which stay what they are. Everything else is a failure.
 */
export function readLooseValue(text: string, start: number): LooseValue | LooseFailure {
  let at = start
  let meant = false
  const failed = Symbol("failed")

  const skipSpace = (): void => {
    space.lastIndex = at
    space.test(text)
    at = space.lastIndex
  }

  const take = (character: string): boolean => {
    skipSpace()
    if (text[at] !== character) return false
    at++
    return true
  }

  const readValue = (depth: number): unknown => {
    skipSpace()
    const character = text[at]
    if (character === '"') return readString()
    if (character === "{" || character === "[") {
      if (depth < deepest) return readMembers(character, depth)
      meant = true
      return failed
    }
    const literal = literals.find(([word]) => text.startsWith(word, at))
    if (literal) {
      at += literal[0].length
      return literal[1]
    }
    number.lastIndex = at
    const digits = number.exec(text)?.[0]
    if (digits === undefined) return failed
    at += digits.length
    return Number(digits)
  }

  const readMembers = (open: string, depth: number): unknown => {
    const isObject = open === "{"
    const close = isObject ? "}" : "]"
    const entries: [string, unknown][] = []
    at++
    while (!take(close)) {
      let key: unknown = ""
      if (isObject) {
        skipSpace()
        key = text[at] === '"' ? readString() : failed
        if (key === failed || !take(":")) return failed
        meant = true
      }
      const value = readValue(depth + 1)
      if (value === failed) return failed
      entries.push([key as string, value])
      if (take(",")) meant = true
      else if (take(close)) break
      else return failed
    }
    // Own members even for the key __proto__, as JSON.parse makes them.
    return isObject ? Object.fromEntries(entries) : entries.map(([, value]) => value)
  }

  const readString = (): unknown => {
    const end = endOfString(text, at)
    if (end === undefined) return failed
    const literal = text.slice(at, end)
    try {
      const value: unknown = JSON.parse(escapeControls(literal))
      at = end
      return value
    } catch {
      return failed
    }
  }

  const value = readValue(0)
  return value === failed ? { meant } : { value, end: at }
}

/** The index after the closing quote of the string that begins at an index. */
export function endOfString(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++
    else if (text[at] === '"') return at + 1
  }
  return undefined
}

/** Spells a string's line breaks and the like as JSON wants them; the string stays the same. */
function escapeControls(literal: string): string {
  // eslint-disable-next-line no-control-regex
  return literal.replace(/[\u0000-\u001f]/g, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`)
}
