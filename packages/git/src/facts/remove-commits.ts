import type { FactScope } from "./fact-scope.js"
import { untilDone } from "./fact-scope.js"

const commitsPerTransaction = 500

/**
 * Removes commits together with their changes, some hundred at a time. `condition` is SQL about the columns of
 * `assay.commits`, in which `$2` is `value`.
 */
export async function removeCommits(
  scope: FactScope,
  condition: string,
  options: { value: number; onRemoved?: (count: number) => void },
): Promise<void> {
  let last = 0
  await untilDone(scope, async (transaction) => {
    const rows = await transaction.query<{ id: number }>(
      `select id from assay.commits where repository_id = $1 and (${condition}) and id > $3
      order by id limit ${commitsPerTransaction}`,
      [scope.repositoryId, options.value, last],
    )
    const ids = rows.map(({ id }) => id)
    if (ids.length === 0) return true
    await transaction.query("delete from assay.changes where repository_id = $1 and commit_id = any($2::int[])", [
      scope.repositoryId,
      ids,
    ])
    await transaction.query("delete from assay.commits where repository_id = $1 and id = any($2::int[])", [
      scope.repositoryId,
      ids,
    ])
    last = ids.at(-1)!
    options.onRemoved?.(ids.length)
    return ids.length < commitsPerTransaction
  })
}
