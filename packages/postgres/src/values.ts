/**
 * How values travel: PostgreSQL's text format in both directions, alike for `pg` and PGlite, so that a statement means
 * the same on either. Each driver's own conversions differ in time zones, arrays, `bigint` and `date`.
 */

/** A parameter in text format. `undefined` is null; an object is JSON; an array is a PostgreSQL array. */
export function toParameter(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === "string") return value
  if (Array.isArray(value)) return toArray(value)
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array)
    return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}`
  if (typeof value === "object") return JSON.stringify(value)
  return String(value)
}

function toArray(values: readonly unknown[]): string {
  let text = "{"
  for (let index = 0; index < values.length; index++) {
    if (index > 0) text += ","
    text += toElement(values[index])
  }
  return text + "}"
}

function toElement(value: unknown): string {
  if (value === null || value === undefined) return "null"
  if (typeof value === "number" || typeof value === "boolean") return String(value)
  if (Array.isArray(value)) return toArray(value)
  const text = toParameter(value) as string
  return needsEscape.test(text) ? `"${text.replace(/["\\]/g, "\\$&")}"` : `"${text}"`
}

const needsEscape = /["\\]/

/** Turns the text of a column into what JavaScript has for it; types not listed stay text. */
export type ColumnParser = (text: string) => unknown

export function parserOf(typeId: number): ColumnParser {
  return parsers.get(typeId) ?? asText
}

const asText: ColumnParser = (text) => text
const asNumber: ColumnParser = (text) => Number(text)
const asBoolean: ColumnParser = (text) => text === "t"
const asJson: ColumnParser = (text) => JSON.parse(text) as unknown
// `new Date` keeps milliseconds and drops what is finer. The offset needs its minutes to be ISO 8601.
const asDate: ColumnParser = (text) => new Date(/[+-]\d\d$/.test(text) ? `${text.replace(" ", "T")}:00` : text)
const asBytes: ColumnParser = (text) => {
  const buffer = Buffer.from(text.slice(2), "hex")
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
const asArrayOf =
  (element: ColumnParser): ColumnParser =>
  (text) =>
    parseArray(text, element)

const parsers = new Map<number, ColumnParser>([
  [16, asBoolean],
  [1000, asArrayOf(asBoolean)],
  [17, asBytes],
  [1001, asArrayOf(asBytes)],
  // int8, int2, int4, oid, float4, float8. A bigint beyond 2^53 loses digits: keep such things as text.
  ...[20, 21, 23, 26, 700, 701].map((id): [number, ColumnParser] => [id, asNumber]),
  ...[1016, 1005, 1007, 1028, 1021, 1022].map((id): [number, ColumnParser] => [id, asArrayOf(asNumber)]),
  [114, asJson],
  [3802, asJson],
  [199, asArrayOf(asJson)],
  [3807, asArrayOf(asJson)],
  [1184, asDate],
  [1185, asArrayOf(asDate)],
  // text[], varchar[], name[], uuid[]
  ...[1009, 1015, 1003, 2951].map((id): [number, ColumnParser] => [id, asArrayOf(asText)]),
])

/** `{a,"b \"c\"",NULL,{1,2}}`. Only the outermost bounds matter here: `[0:1]={…}` is never produced by our statements. */
function parseArray(text: string, element: ColumnParser): unknown[] {
  let at = 1
  const read = (): unknown[] => {
    const values: unknown[] = []
    while (text[at] !== "}") {
      const character = text[at]
      if (character === ",") at++
      else if (character === "{") {
        at++
        values.push(read())
      } else if (character === '"') values.push(element(readQuoted()))
      else {
        const start = at
        while (text[at] !== "," && text[at] !== "}") at++
        const bare = text.slice(start, at)
        values.push(bare === "NULL" ? null : element(bare))
      }
    }
    at++
    return values
  }
  const readQuoted = (): string => {
    let value = ""
    for (at++; text[at] !== '"'; at++) value += text[at] === "\\" ? text[++at] : text[at]
    at++
    return value
  }
  return read()
}
