import type { FactScope } from "./fact-scope.js"
import { inSnapshot } from "./in-snapshot.js"

/** What the lines of a snapshot come to, counted in two ways that must agree. */
export interface LineSums {
  /** Born along the first parents, and not dead. */
  readonly alive: number
  /** Of the files, as `git diff --numstat` against the empty tree has it. */
  readonly present: number
}

/**
 * Compares the lines that were followed along the first parents with those of the files, and notes in the snapshot if they
 * differ: all else that is known of it is right nevertheless, so it is published. Returns what differs.
 */
export async function checkLines(scope: FactScope, snapshot: number): Promise<LineSums | undefined> {
  return scope.transaction(async (transaction) => {
    const [sums] = await transaction.query<LineSums & { counted: boolean } & Record<string, unknown>>(
      `select counted, alive, present
      from (
        select count(*) > 0 as counted, coalesce(sum(lines_added - lines_died), 0)::bigint as alive
        from assay.ledger_blocks where repository_id = $1 and ${inSnapshot("ledger_blocks")}
      ) as ledger, (
        select coalesce(sum(lines), 0)::bigint as present
        from assay.files where repository_id = $1 and ${inSnapshot("files")}
      ) as files`,
      [scope.repositoryId, snapshot],
    )
    const { counted, alive, present } = sums!
    const fault = counted && alive !== present ? `${alive} lines are alive, ${present} are there` : undefined
    await transaction.query("update assay.snapshots set lines_fault = $3 where repository_id = $1 and number = $2", [
      scope.repositoryId,
      snapshot,
      fault,
    ])
    return fault === undefined ? undefined : { alive, present }
  })
}
