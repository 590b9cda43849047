import type { Insight, Json } from "@assay/core"
import { snakeCase, snakeCaseMembers } from "./snake-case.js"

/** The rows as CSV after RFC 4180, with a line of names. Nested values are JSON. */
export function toCsv({ columns, rows }: Pick<Insight, "columns" | "rows">): string {
  const lines = [
    columns.map((name) => quote(snakeCase(name))),
    ...rows.map((row) => columns.map((name) => cell(row[name]))),
  ]
  return lines.map((cells) => `${cells.join(",")}\r\n`).join("")
}

/** A row per line. */
export function toNdjson({ rows }: Pick<Insight, "rows">): string {
  return rows.map((row) => `${JSON.stringify(snakeCaseMembers(row))}\n`).join("")
}

function cell(value: Json | undefined): string {
  if (value === null || value === undefined) return ""
  if (typeof value === "number" || typeof value === "boolean") return String(value)
  return quote(typeof value === "string" ? harmless(value) : JSON.stringify(value))
}

/** Paths and names come from strangers, and a spreadsheet takes a cell that begins like this for a formula. */
function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
