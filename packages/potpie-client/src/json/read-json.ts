import { endOfString, readLooseValue } from "./loose-value.js"

/** A JSON value found in a text. */
export interface FoundJson {
  value: unknown
  /** Where in the text it is: from `start` up to, not including, `end`. */
  start: number
  end: number
}

/**
 * The JSON values in an answer of an agent, the most likely one (the longest) first; none, if there is none.
 *
 * A text that is JSON comes out as `JSON.parse` has it. Otherwise objects and arrays are looked for amid prose and code fences.
 * One comma too many after the last element is forgiven, and so are line breaks inside strings; what is inside a string is never
 * changed, and a fence inside a string is part of the string. Pieces of a value that is broken or cut off are not offered: they
 * would pass for an answer that they are only part of. Neither is what stands between `<think>` and `</think>` outside a value.
 */
export function findJson(text: string): FoundJson[] {
  const whole = parseWhole(text, 0, text.length) ?? parseFence(text)
  if (whole) return [whole]
  const found: FoundJson[] = []
  const opening = /[{[]|<think>/g
  for (let match = opening.exec(text); match; match = opening.exec(text)) {
    const start = match.index
    if (match[0] === "<think>") {
      const end = text.indexOf("</think>", start)
      opening.lastIndex = end === -1 ? text.length : end
      continue
    }
    const read = readLooseValue(text, start)
    if ("end" in read) {
      found.push({ value: read.value, start, end: read.end })
      opening.lastIndex = read.end
    } else if (read.meant) {
      opening.lastIndex = endOfBroken(text, start)
    }
  }
  return found.sort((one, other) => other.end - other.start - (one.end - one.start))
}

/** The most likely JSON value in a text, as `findJson` finds it; nothing, if there is none. */
export function readJson(text: string): unknown {
  return findJson(text)[0]?.value
}

function parseWhole(text: string, start: number, end: number): FoundJson | undefined {
  try {
    return { value: JSON.parse(text.slice(start, end)), start, end }
  } catch {
    return undefined
  }
}

/** Values without brackets (`"text"`, `42`) are looked for only where a fence is all there is. */
function parseFence(text: string): FoundJson | undefined {
  const fence = /^(\s*```[^\n`]*\n)([^]*?)\n[ \t]*```\s*$/.exec(text)
  const start = fence?.[1]?.length ?? 0
  return fence ? parseWhole(text, start, start + (fence[2]?.length ?? 0)) : undefined
}

/** Behind the bracket that closes the one at `start`; the end of the text if nothing does. */
function endOfBroken(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const character = text[at]
    if (character === '"') at = (endOfString(text, at) ?? text.length) - 1
    else if (character === "{" || character === "[") depth++
    else if ((character === "}" || character === "]") && --depth === 0) return at + 1
  }
  return text.length
}
