import type { ColumnarInsert, Transaction } from "@assay/core"
import { toParameter } from "./values.js"

// Enough to make the round trip not matter, little enough not to hold PGlite's thread for long (about 30 ms).
const rowsPerStatement = 5_000

/** One `insert … select from unnest(…)` per few thousand rows. The caller sees to it that all of it is one transaction. */
export async function insertColumns(transaction: Pick<Transaction, "query">, insert: ColumnarInsert): Promise<void> {
  const types = Object.values(insert.columns)
  const rows = countRows(insert)
  const statement = toStatement(insert)
  for (let start = 0; start < rows; start += rowsPerStatement) {
    await transaction.query(
      statement,
      types.map((type, column) => {
        const values = (insert.values[column] as readonly unknown[]).slice(start, start + rowsPerStatement)
        return isArray(type) ? values.map(toParameter) : values
      }),
    )
  }
}

/** Whether {@link insertColumns} takes more than one statement. */
export function needsTransaction(insert: ColumnarInsert): boolean {
  return countRows(insert) > rowsPerStatement
}

function countRows(insert: ColumnarInsert): number {
  const names = Object.keys(insert.columns)
  const rows = insert.values[0]?.length ?? 0
  if (insert.values.length !== names.length || insert.values.some((values) => values.length !== rows)) {
    throw new TypeError(
      `insertColumns needs one array of values per column of ${insert.table}, all of the same length.`,
    )
  }
  return rows
}

function toStatement({ table, columns, onConflict }: ColumnarInsert): string {
  const names = Object.keys(columns).map((name) => `"${name}"`)
  const types = Object.values(columns)
  const parameters = types.map((type, index) => `$${index + 1}::${isArray(type) ? "text" : type}[]`)
  const selected = names.map((name, index) => (isArray(types[index] as string) ? `${name}::${types[index]}` : name))
  return (
    `insert into ${table} (${names.join(", ")}) select ${selected.join(", ")} ` +
    `from unnest(${parameters.join(", ")}) as rows (${names.join(", ")})${onConflict ? ` ${onConflict}` : ""}`
  )
}

/** unnest flattens arrays of arrays, so a column that is an array itself travels as its text. */
function isArray(type: string): boolean {
  return type.endsWith("[]")
}
