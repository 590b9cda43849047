import type { Transaction } from "@assay/core"
import type { FactScope } from "./fact-scope.js"
import { repeated, untilDone } from "./fact-scope.js"
import { packChanges } from "./pack-changes.js"
import type { ChangeBlock } from "./pack-changes.js"
import { packCommits } from "./pack-commits.js"
import type { CommitBlock } from "./pack-commits.js"

/** Commits with consecutive ids, read and written as one. */
export interface BlockOfCommits {
  /** Counted per repository, from 1. */
  readonly number: number
  readonly firstCommitId: number
  readonly length: number
}

const blocksPerTransaction = 64

/** Where the next block and the next commit of the repository begin. */
export async function readLastIds(scope: FactScope): Promise<{ block: number; commit: number }> {
  const [row] = await scope.transaction((transaction) =>
    transaction.query<{ block: number; commit: number }>(
      `select coalesce(max(number), 0) as block, coalesce(max(first_commit_id + commits - 1), 0) as commit
      from assay.history_blocks where repository_id = $1`,
      [scope.repositoryId],
    ),
  )
  return row!
}

export interface StoredBlock extends BlockOfCommits {
  /** Its changes are there, too. */
  readonly complete: boolean
}

/** The blocks that were written for the snapshot `addedIn`, in their order. */
export async function readStoredBlocks(scope: FactScope, addedIn: number): Promise<StoredBlock[]> {
  return scope.transaction((transaction) =>
    transaction.query<StoredBlock & Record<string, unknown>>(
      `select number, first_commit_id as "firstCommitId", commits as length, change_data is not null as complete
      from assay.history_blocks where repository_id = $1 and added_in = $2 order by number`,
      [scope.repositoryId, addedIn],
    ),
  )
}

/** Writes who and when of all these blocks. What is there already is left as it is: an earlier attempt wrote the same. */
export async function writeCommitBlocks(
  scope: FactScope,
  blocks: readonly (BlockOfCommits & { columns: CommitBlock })[],
  addedIn: number,
): Promise<void> {
  let start = 0
  await untilDone(scope, async (transaction) => {
    const batch = blocks.slice(start, (start += blocksPerTransaction))
    if (batch.length === 0) return true
    await transaction.insertColumns({
      table: "assay.history_blocks",
      columns: {
        tenant: "text",
        repository_id: "int",
        number: "int",
        first_commit_id: "int",
        commits: "int",
        commit_data: "bytea",
        added_in: "int",
      },
      values: [
        repeated(scope.tenant, batch.length),
        repeated(scope.repositoryId, batch.length),
        batch.map(({ number }) => number),
        batch.map(({ firstCommitId }) => firstCommitId),
        batch.map(({ length }) => length),
        batch.map(({ columns }) => packCommits(columns)),
        repeated(addedIn, batch.length),
      ],
      onConflict: "on conflict do nothing",
    })
    return start >= blocks.length
  })
}

/** The commits of a block with all that they changed: what a crash leaves is either all of it, or nothing. */
export interface BlockFacts extends BlockOfCommits {
  readonly oids: readonly string[]
  readonly ranks: ArrayLike<number>
  readonly changes: ChangeBlock
}

/** Writes the changes of these blocks, and makes their commits known. */
export async function writeChangeBlocks(
  transaction: Transaction,
  scope: FactScope,
  batch: { blocks: readonly BlockFacts[]; addedIn: number },
): Promise<void> {
  const { blocks, addedIn } = batch
  await transaction.query(
    `update assay.history_blocks set change_data = packed.data
    from unnest($2::int[], $3::bytea[]) as packed (number, data)
    where repository_id = $1 and history_blocks.number = packed.number`,
    [scope.repositoryId, blocks.map(({ number }) => number), blocks.map(({ changes }) => packChanges(changes))],
  )
  const ids = blocks.flatMap(({ firstCommitId, length }) => Array.from({ length }, (_, at) => firstCommitId + at))
  await transaction.insertColumns({
    table: "assay.commits",
    columns: { tenant: "text", repository_id: "int", id: "int", oid: "bytea", rank: "bigint", added_in: "int" },
    values: [
      repeated(scope.tenant, ids.length),
      repeated(scope.repositoryId, ids.length),
      ids,
      blocks.flatMap(({ oids }) => oids.map((oid) => Buffer.from(oid, "hex"))),
      blocks.flatMap(({ ranks }) => Array.from(ranks)),
      repeated(addedIn, ids.length),
    ],
  })
}
