import type { Transaction } from "@assay/core"
import type { FactScope } from "./fact-scope.js"
import { removeHistory } from "./remove-history.js"
import { removeRows } from "./remove-rows.js"
import { hideSnapshot } from "./snapshot-rows.js"

const allTables = [
  ...(["files", "people", "contributors", "tags"] as const),
  ...(["ledger_blocks", "file_lines", "paths", "identities"] as const),
]

/**
 * Removes all facts of a repository, some thousand rows at a time. Readers are sent away first: they must not count
 * what is half gone. The rows of the snapshots stay.
 */
export async function removeAllFacts(scope: FactScope, onRemoved?: (commits: number) => void): Promise<void> {
  await scope.transaction((transaction) => hideSnapshot(transaction, scope))
  await removeHistory(scope, "number > $2", { value: 0, ...(onRemoved ? { onRemoved } : {}) })
  for (const table of allTables) {
    await removeRows(scope, table, { condition: "$2 = 0", value: 0 })
  }
  await scope.transaction((transaction) =>
    transaction.query("delete from assay.snapshots where repository_id = $1 and state = 'building'", [
      scope.repositoryId,
    ]),
  )
}

/** Removes what is left after the facts: the rows of the snapshots. In the transaction that removes the repository. */
export async function removeSnapshots(transaction: Transaction, scope: FactScope): Promise<void> {
  await transaction.query("delete from assay.snapshots where repository_id = $1", [scope.repositoryId])
}

export async function countCommits(transaction: Transaction, scope: FactScope): Promise<number> {
  const [row] = await transaction.query<{ count: number }>(
    "select coalesce(sum(commits), 0)::int as count from assay.history_blocks where repository_id = $1",
    [scope.repositoryId],
  )
  return row!.count
}
