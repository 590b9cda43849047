import type { Database } from "@assay/core"
import type { FactScope } from "./fact-scope.js"
import { readHistoryBlocks } from "./read-history-blocks.js"
import { readPeople } from "./read-people.js"
import type { SnapshotFacts } from "./snapshot-facts.js"

/** Who and when: commits without their changes. Known long before what they changed. */
export type FirstFacts = Pick<SnapshotFacts, "repositoryId" | "snapshot" | "history" | "people">

/**
 * What is known already of the snapshot that is being built: its commits, without changes, and its people. `undefined` while
 * nothing is being built, or not even that is known. Once the snapshot is published or given up, nothing comes any more.
 */
export async function openFirstFacts(
  database: Pick<Database, "query">,
  { tenant, repositoryId }: { tenant: string; repositoryId: number },
): Promise<FirstFacts | undefined> {
  const [row] = await database.query<{ number: number; commit: string; branch: string; committed_at: Date | null }>(
    `select number, encode(commit_oid, 'hex') as commit, branch, committed_at from assay.snapshots
    where repository_id = $1 and tenant = $2 and state = 'building' and first_facts`,
    [repositoryId, tenant],
  )
  if (!row) return undefined
  const { number, commit, branch, committed_at: committedAt } = row
  const asked = { database, repositoryId, snapshot: number }
  return {
    repositoryId,
    snapshot: { number, commit, branch, committedAt: committedAt ?? undefined },
    history: () => readHistoryBlocks({ ...asked, withoutChanges: true }),
    people: () => readPeople(asked),
  }
}

/** Lets readers have the first facts of the snapshot that is being built. */
export async function announceFirstFacts(
  scope: FactScope,
  { snapshot, committedAt }: { snapshot: number; committedAt: Date | undefined },
): Promise<void> {
  await scope.transaction((transaction) =>
    transaction.query(
      `update assay.snapshots set first_facts = true, committed_at = $3
      where repository_id = $1 and number = $2 and state = 'building'`,
      [scope.repositoryId, snapshot, committedAt],
    ),
  )
}
