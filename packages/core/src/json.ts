import { InvalidInputError } from "./errors.js"
import type { Json } from "./job.js"

/**
 * The value as `JSON.parse(JSON.stringify(value))` would give it. Rejects what no store can keep, with `INVALID_INPUT`:
 * cycles, `bigint`, and strings with NUL or a lone surrogate, which PostgreSQL's jsonb refuses.
 */
export function toJson(value: unknown, what: string): Json {
  let text: string | undefined
  try {
    text = JSON.stringify(value, (_key, member: unknown) => {
      if (typeof member === "string" && member !== storableText(member))
        throw new TypeError("a string holds NUL or a lone surrogate")
      return member
    })
  } catch (error) {
    throw new InvalidInputError(what, [{ path: [], message: error instanceof Error ? error.message : "not JSON" }])
  }
  if (text === undefined) throw new InvalidInputError(what, [{ path: [], message: "it has no JSON form" }])
  return JSON.parse(text) as Json
}

const loneSurrogates = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/** The text with every NUL and lone surrogate replaced by U+FFFD. */
export function storableText(text: string): string {
  return text.replaceAll("\0", "\uFFFD").replace(loneSurrogates, "\uFFFD")
}
