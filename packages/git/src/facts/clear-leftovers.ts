import type { FactScope } from "./fact-scope.js"
import { removeCommits } from "./remove-commits.js"
import { removeAllFacts } from "./remove-facts.js"
import { removeRows, restoreRows } from "./remove-rows.js"
import { readReadySnapshot } from "./snapshot-rows.js"

/**
 * Removes what an attempt left that crashed, failed or was cancelled while it built a snapshot, so that facts are again
 * those of the published snapshots only. Costs a question when nothing was left. The row of the unfinished snapshot goes
 * last, because it is what tells that there is something to clear.
 */
export async function clearLeftovers(scope: FactScope): Promise<void> {
  const { ready, unfinished } = await scope.transaction(async (transaction) => {
    const [row] = await transaction.query<{ number: number }>(
      "select number from assay.snapshots where repository_id = $1 and state = 'building'",
      [scope.repositoryId],
    )
    return { ready: await readReadySnapshot(transaction, scope), unfinished: row?.number }
  })
  // A removal that was cancelled half-way has hidden the snapshot first.
  if (!ready) return removeAllFacts(scope)
  if (unfinished === undefined) return
  // What was added goes before what was removed comes back: a commit may be both, and is there only once.
  await removeCommits(scope, "added_in = $2", { value: unfinished })
  await restoreRows(scope, "commits", unfinished)
  await removeRows(scope, "files", { condition: "added_in = $2", value: unfinished })
  await restoreRows(scope, "files", unfinished)
  for (const table of ["people", "contributors", "former_paths"] as const) {
    await removeRows(scope, table, { condition: "snapshot = $2", value: unfinished })
  }
  await scope.transaction((transaction) =>
    transaction.query("delete from assay.snapshots where repository_id = $1 and state = 'building'", [
      scope.repositoryId,
    ]),
  )
}
