import { z } from "zod"

/**
 * A whole number of the query. As in the older API, text that is no number means the default, while a number out of range
 * is refused; of a repeated parameter the first counts.
 */
export function wholeNumber(options: { default: number; min: number; max: number; about: string }) {
  const { min, max } = options
  const text = `must be a whole number from ${min} to ${max}`
  return z
    .preprocess(
      (value) => parseWholeNumber(first(value)) ?? options.default,
      z.int(text).min(min, text).max(max, text).default(options.default),
    )
    .describe(options.about)
}

export const limit = wholeNumber({ default: 10, min: 1, max: 100, about: "How many at most." })
export const offset = wholeNumber({
  default: 0,
  min: 0,
  max: Number.MAX_SAFE_INTEGER,
  about: "How many to leave out from the start.",
})

export const pageSchema = z.object({ limit, offset })

export function first(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value
}

export function parseWholeNumber(value: unknown): number | undefined {
  return typeof value === "string" && /^[+-]?\d+$/.test(value) ? Number(value) : undefined
}
