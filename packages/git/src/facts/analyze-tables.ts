import type { Transaction } from "@assay/core"

/**
 * Tells the database what the tables of facts are like now. Without it, the questions that follow a first index are
 * answered by plans for empty tables, which take a hundred times as long; and an embedded database never looks by itself.
 */
export async function analyzeTables(transaction: Transaction): Promise<void> {
  await transaction.exec(
    ["commits", "files", "file_lines", "paths", "people", "contributors", "history_blocks"]
      .map((table) => `analyze assay.${table};`)
      .join("\n"),
  )
}
