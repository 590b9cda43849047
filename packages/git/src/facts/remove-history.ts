import type { FactScope } from "./fact-scope.js"
import { untilDone } from "./fact-scope.js"

const blocksPerTransaction = 8

/**
 * Removes blocks of commits with everything that belongs to them, a few at a time. `condition` is SQL about the columns of
 * `assay.history_blocks`, in which `$2` is `value`.
 */
export async function removeHistory(
  scope: FactScope,
  condition: string,
  options: { value: number; onRemoved?: (commits: number) => void },
): Promise<void> {
  await untilDone(scope, async (transaction) => {
    const rows = await transaction.query<{ commits: number }>(
      `with gone as (
        delete from assay.history_blocks where ctid = any(array(
          select ctid from assay.history_blocks where repository_id = $1 and (${condition})
          order by number limit ${blocksPerTransaction}
        )) returning first_commit_id, commits
      ), commits as (
        delete from assay.commits using gone
        where repository_id = $1 and id >= gone.first_commit_id and id < gone.first_commit_id + gone.commits
      )
      select commits from gone`,
      [scope.repositoryId, options.value],
    )
    if (rows.length > 0) options.onRemoved?.(rows.reduce((sum, { commits }) => sum + commits, 0))
    return rows.length < blocksPerTransaction
  })
}

/** The condition under which no snapshot from `$2` on has any commit of a block. What is still to be read is not gone. */
export const allRemoved = `
  change_data is not null and exists (
    select from assay.commits
    where commits.repository_id = $1 and removed_in <= $2 and commits.id = history_blocks.first_commit_id
  ) and not exists (
    select from assay.commits
    where commits.repository_id = $1 and (removed_in is null or removed_in > $2)
      and commits.id >= history_blocks.first_commit_id
      and commits.id < history_blocks.first_commit_id + history_blocks.commits
  )`
