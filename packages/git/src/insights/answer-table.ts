import type { Json } from "@assay/core"
import type { InsightTable, Row } from "./insight-definition.js"
import { roundAll } from "./round-half-up.js"

/** A whole answer as it is told and kept, all numbers rounded: each row is a list of what its columns hold. */
export interface AnswerTable extends Omit<InsightTable, "rows"> {
  readonly lists: readonly (readonly Json[])[]
}

/** One page of an answer: rows from `offset` on, `total` is that of all pages. */
export interface InsightPage extends InsightTable {
  readonly total: number
}

export function toAnswerTable({ values, columns, rows, exclusions }: InsightTable): AnswerTable {
  return {
    values: roundAll(values) as InsightTable["values"],
    columns,
    lists: rows.map((row) => columns.map((column) => roundAll(row[column]))),
    exclusions,
  }
}

export function pageOf(
  { values, columns, exclusions, lists }: AnswerTable,
  { offset, limit }: { offset: number; limit: number },
): InsightPage {
  const rows = lists.slice(offset, offset + limit).map((list) => toRow(columns, list))
  return { values, columns, exclusions, rows, total: lists.length }
}

export function toRow(columns: readonly string[], list: readonly Json[]): Row {
  const row: Record<string, Json> = {}
  for (const [at, column] of columns.entries()) row[column] = list[at]!
  return row
}
