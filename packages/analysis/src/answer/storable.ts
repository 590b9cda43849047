import type { Json } from "@assay/core"

const loneSurrogates = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/** The text with NUL and lone surrogates, which no database keeps, replaced by U+FFFD. All else stays to the last character. */
export function storableText(text: string): string {
  return text.replaceAll("\0", "\uFFFD").replace(loneSurrogates, "\uFFFD")
}

/** The same for every text in a value, the names of members included. */
export function storable(value: unknown): Json {
  if (typeof value === "string") return storableText(value)
  if (Array.isArray(value)) return value.map(storable)
  if (typeof value !== "object" || value === null) return value as Json
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [storableText(name), storable(member)]))
}
