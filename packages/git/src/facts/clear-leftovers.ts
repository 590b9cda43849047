import type { FactScope } from "./fact-scope.js"
import { removeAllFacts } from "./remove-facts.js"
import { removeHistory } from "./remove-history.js"
import { removeRows, restoreRows } from "./remove-rows.js"
import type { UnfinishedSnapshot } from "./snapshot-rows.js"

export interface Leftovers {
  /** Whether readers have a snapshot. */
  ready: boolean
  unfinished: UnfinishedSnapshot | undefined
}

/**
 * Removes what an attempt left that crashed, failed or was cancelled while it built a snapshot, so that facts are again
 * those of the published snapshots only. The row of the unfinished snapshot goes last, because it is what tells that there
 * is something to clear.
 */
export async function clearLeftovers(scope: FactScope, { ready, unfinished }: Leftovers): Promise<void> {
  // Without a snapshot nothing is worth keeping, not even what a removal left that was cancelled half-way.
  if (!ready) return removeAllFacts(scope)
  if (!unfinished) return
  // What was added goes before what was removed comes back: a commit may be both, and is there only once.
  await removeHistory(scope, "added_in = $2", { value: unfinished.number })
  await restoreRows(scope, "commits", unfinished.number)
  await clearLedger(scope, unfinished)
  await clearAllButCommits(scope, unfinished)
  await scope.transaction((transaction) =>
    transaction.query("delete from assay.snapshots where repository_id = $1 and state = 'building'", [
      scope.repositoryId,
    ]),
  )
}

/**
 * Removes what an attempt left except for the commits it had read: reading those is what takes long, and each is there
 * with all its changes or not at all. For an attempt that builds the same snapshot.
 */
export async function keepCommits(scope: FactScope, ready: boolean, unfinished: UnfinishedSnapshot): Promise<void> {
  // A removal that was cancelled half-way may have left some of the snapshots before.
  if (!ready) {
    await removeHistory(scope, "added_in < $2", { value: unfinished.number })
    for (const table of ["files", "ledger_blocks", "file_lines"] as const) {
      await removeRows(scope, table, { condition: "added_in < $2", value: unfinished.number })
    }
  }
  if (unfinished.linesUnfinished) await clearLedger(scope, unfinished)
  await clearAllButCommits(scope, unfinished)
}

async function clearLedger(scope: FactScope, { number }: UnfinishedSnapshot): Promise<void> {
  for (const table of ["ledger_blocks", "file_lines"] as const) {
    await removeRows(scope, table, { condition: "added_in = $2", value: number })
    await restoreRows(scope, table, number)
  }
}

async function clearAllButCommits(scope: FactScope, { number }: UnfinishedSnapshot): Promise<void> {
  await removeRows(scope, "files", { condition: "added_in = $2", value: number })
  await restoreRows(scope, "files", number)
  for (const table of ["people", "contributors", "tags"] as const) {
    await removeRows(scope, table, { condition: "snapshot = $2", value: number })
  }
}
