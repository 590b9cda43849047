import type { Row, Value } from "./insight-table.js"

/** The first of these keys that holds a number from 0 on. */
export function readNumber(row: Row, ...keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const value = row[key]
    if (typeof value === "number" && value >= 0 && value < Infinity) return value
  }
  return undefined
}

/** The first of these keys that holds a text with something in it. */
export function readText(row: Row, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = row[key]
    if (typeof value === "string" && value.trim()) return value
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      const { name } = value as Row
      if (typeof name === "string" && name.trim()) return name
    }
  }
  return undefined
}

/** The day of the first of these keys that holds a date: `2026-08-31`. */
export function readDay(row: Row, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value: unknown = row[key]
    const text = value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : value
    const day = typeof text === "string" ? /^(\d{4}-\d\d)(-\d\d)?(?:[T ].*)?$/.exec(text) : null
    if (day) {
      const found = day[1] + (day[2] ?? "-01")
      if (!Number.isNaN(Date.parse(found)) && new Date(found).toISOString().startsWith(found)) return found
    }
  }
  return undefined
}

/** The rows in the first of these keys that holds a list of objects. */
export function readRows(row: Row, ...keys: readonly string[]): readonly Row[] | undefined {
  for (const key of keys) {
    const value = row[key]
    if (Array.isArray(value)) {
      const rows = (value as readonly Value[]).filter(
        (entry): entry is Row => typeof entry === "object" && entry !== null && !Array.isArray(entry),
      )
      if (rows.length > 0) return rows
    }
  }
  return undefined
}
