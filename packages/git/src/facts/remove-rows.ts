import type { FactScope } from "./fact-scope.js"
import { untilDone } from "./fact-scope.js"

const rowsPerTransaction = 5_000

export type FactTable =
  "paths" | "identities" | "files" | "people" | "contributors" | "tags" | "ledger_blocks" | "file_lines"

/** Whose rows say from which snapshot on, and up to which, they belong to it. */
export type MemberTable = "commits" | "files" | "ledger_blocks" | "file_lines"

/** Removes rows of the repository, some thousand at a time. In `condition` `$2` is `value`. */
export function removeRows(
  scope: FactScope,
  table: FactTable,
  where: { condition: string; value: number },
): Promise<void> {
  return changeRows(scope, where, (rows) => `delete from assay.${table} where ctid = any(array(${rows(table)}))`)
}

/** Gives back to the published snapshot what one that came to nothing had taken out. */
export function restoreRows(scope: FactScope, table: MemberTable, removedIn: number): Promise<void> {
  return changeRows(
    scope,
    { condition: "removed_in = $2", value: removedIn },
    (rows) => `update assay.${table} set removed_in = null where ctid = any(array(${rows(table)}))`,
  )
}

/** Ends the membership of all rows that are in the present snapshot. */
export function retireRows(scope: FactScope, table: MemberTable, removedIn: number): Promise<void> {
  return changeRows(
    scope,
    { condition: "removed_in is null and $2::int > added_in", value: removedIn },
    (rows) => `update assay.${table} set removed_in = $2 where ctid = any(array(${rows(table)}))`,
  )
}

function changeRows(
  scope: FactScope,
  where: { condition: string; value: number },
  statement: (rows: (table: string) => string) => string,
): Promise<void> {
  const change = statement(
    (table) =>
      `select ctid from assay.${table} where repository_id = $1 and (${where.condition}) limit ${rowsPerTransaction}`,
  )
  return untilDone(scope, async (transaction) => {
    const [row] = await transaction.query<{ count: number }>(
      `with changed as (${change} returning 1) select count(*)::int as count from changed`,
      [scope.repositoryId, where.value],
    )
    return row!.count < rowsPerTransaction
  })
}
