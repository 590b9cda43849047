import type { FactScope } from "./fact-scope.js"
import { allRemoved, removeHistory } from "./remove-history.js"
import { removeRows } from "./remove-rows.js"

/** How many snapshots can be read at least, the published one included. */
export const snapshotsKept = 10

/**
 * Removes facts that none of the last snapshots holds. The rows of older snapshots stay, with their totals. Commits that are
 * gone stay where they share a block with others that are not; readers skip them.
 */
export async function collectGarbage(scope: FactScope, published: number): Promise<void> {
  const oldest = published - snapshotsKept + 1
  if (oldest <= 1) return
  await removeHistory(scope, allRemoved, { value: oldest })
  for (const table of ["files", "ledger_blocks", "file_lines"] as const) {
    await removeRows(scope, table, { condition: "removed_in <= $2", value: oldest })
  }
  for (const table of ["people", "contributors", "tags"] as const) {
    await removeRows(scope, table, { condition: "snapshot < $2", value: oldest })
  }
}
