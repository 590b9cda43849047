import { cleanText } from "../drawing/clean-text.js"
import { formatNumber, formatShare } from "../drawing/format-number.js"
import { element, escapeText, type Markup } from "../drawing/markup.js"
import type { Row, Value } from "../insights/insight-table.js"

export interface Table {
  readonly caption: string
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
  /** Rows that there are, if these are not all. */
  readonly total?: number | undefined
}

const mostRows = 100
const mostColumns = 16

/** A table with its numbers at the right of their columns. What is not shown is counted in the caption. */
export function drawTable({ caption, columns, rows, total = rows.length }: Table): Markup {
  const shown = rows.slice(0, mostRows)
  const kept = columns.slice(0, mostColumns)
  const numeric = new Set(kept.filter((column) => shown.some((row) => typeof row[column] === "number")))
  const cells = (row: Row) =>
    kept.map((column) => {
      const value = row[column]
      return numeric.has(column)
        ? element("td", { class: "number" }, escapeText(formatValue(value)))
        : element("td", { class: formatValue(value).length > 14 && "text" }, escapeText(formatValue(value)))
    })
  const note = [
    caption,
    ...(total > shown.length ? [`the first ${formatNumber(shown.length)} of ${formatNumber(total)} rows`] : []),
    ...(columns.length > kept.length ? [`the first ${kept.length} of ${columns.length} columns`] : []),
  ].join("; ")
  const head = kept.map((column) =>
    element("th", { scope: "col", class: numeric.has(column) && "number" }, escapeText(wordsOf(column))),
  )
  // Wide tables scroll by themselves, also with the keyboard.
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": cleanText(caption) }, [
    element("table", {}, [
      element("caption", {}, escapeText(cleanText(note))),
      element("thead", {}, element("tr", {}, head)),
      element(
        "tbody",
        {},
        shown.map((row) => element("tr", {}, cells(row))),
      ),
    ]),
  ])
}

/** `files touched` of `filesTouched`. */
export function wordsOf(key: string): string {
  return cleanText(key.replace(/([a-z])([A-Z])/g, "$1 $2").replace(/([A-Za-z])(\d)/g, "$1 $2"), 60).toLowerCase()
}

/** A value as people write it; lists and objects as what is in them. */
export function formatValue(value: Value): string {
  if (value === undefined || value === null) return "–"
  if (typeof value === "number")
    return Math.abs(value) < 1 ? String(Math.round(value * 10_000) / 10_000) : formatNumber(value)
  if (typeof value === "boolean") return value ? "yes" : "no"
  if (typeof value === "string") return cleanText(shortenTime(value), 120) || "–"
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "–" : value.toISOString().slice(0, 10)
  const { name, share } = value as Row
  // Of people, what a cell has room for.
  if (typeof name === "string" && typeof share === "number") return `${cleanText(name, 60)} ${formatShare(share)}`
  const parts = Array.isArray(value)
    ? (value as readonly Value[]).slice(0, 5).map(formatValue)
    : Object.entries(value)
        .slice(0, 8)
        .map(([key, part]) => `${wordsOf(key)} ${formatValue(part as Value)}`)
  const more = (Array.isArray(value) ? value.length : Object.keys(value).length) - parts.length
  return cleanText(parts.join(", "), 160) + (more > 0 ? `, others (${formatNumber(more)})` : "") || "–"
}

/** Of `2026-08-31T10:20:30.000Z`, the day: tables are read by people. */
function shortenTime(text: string): string {
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? text.slice(0, 10) : text
}
