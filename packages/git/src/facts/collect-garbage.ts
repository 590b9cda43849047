import type { FactScope } from "./fact-scope.js"
import { removeCommits } from "./remove-commits.js"
import { removeRows } from "./remove-rows.js"

/**
 * Removes facts that neither the published snapshot nor the one before it holds. The rows of older snapshots stay, with
 * their totals.
 */
export async function collectGarbage(scope: FactScope, published: number): Promise<void> {
  const previous = published - 1
  await removeCommits(scope, "removed_in <= $2", { value: previous })
  await removeRows(scope, "files", { condition: "removed_in <= $2", value: previous })
  for (const table of ["people", "contributors", "former_paths"] as const) {
    await removeRows(scope, table, { condition: "snapshot < $2", value: previous })
  }
}
