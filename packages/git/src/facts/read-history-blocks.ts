import type { Database } from "@assay/core"
import type { HistoryCache } from "./history-cache.js"
import { unpackChanges } from "./pack-changes.js"
import { unpackCommits } from "./pack-commits.js"
import type { ChangeColumns, CommitColumns, HistoryBlock } from "./snapshot-facts.js"

const blocksPerQuery = 64

export interface HistoryOfSnapshot {
  database: Pick<Database, "query">
  repositoryId: number
  snapshot: number
  /** Kept between calls. Left out, every block is unpacked again. */
  cache?: HistoryCache | undefined
  /** Leave out what the commits changed. */
  withoutChanges?: boolean
}

interface BlockRow {
  id: number
  number: number
  firstCommitId: number
}

/** The commits of a snapshot with their changes, block by block, without those that it no longer has. */
export async function* readHistoryBlocks(history: HistoryOfSnapshot): AsyncGenerator<HistoryBlock, void, undefined> {
  const { database, repositoryId, snapshot, cache } = history
  const gone = await readRemovedIds(history)
  const rows = await database.query<BlockRow & Record<string, unknown>>(
    `select id, number, first_commit_id as "firstCommitId" from assay.history_blocks
    where repository_id = $1 and added_in <= $2 order by number`,
    [repositoryId, snapshot],
  )
  for (let start = 0; start < rows.length; start += blocksPerQuery) {
    const batch = rows.slice(start, start + blocksPerQuery)
    // Taken out now: what is put in below may push them out.
    const known = new Map(batch.map((row) => [row.number, cache?.get(row.id)]))
    const missing = batch.filter(({ number }) => !known.get(number))
    const read = await database.query<{ number: number; commit_data: Uint8Array; change_data: Uint8Array | null }>(
      `select number, commit_data, ${history.withoutChanges ? "null" : "change_data"} as change_data from assay.history_blocks
      where repository_id = $1 and number = any($2::int[])`,
      [repositoryId, missing.map(({ number }) => number)],
    )
    const data = new Map(read.map((row) => [row.number, row]))
    for (const row of batch) {
      let block = known.get(row.number)
      if (!block) {
        const found = data.get(row.number)
        // Removed since the list was read: so is the snapshot.
        if (!found) continue
        block = unpack(row.firstCommitId, found)
        if (found.change_data) cache?.put(row.id, block)
      }
      yield without(block, gone)
    }
  }
}

async function readRemovedIds({ database, repositoryId, snapshot }: HistoryOfSnapshot): Promise<ReadonlySet<number>> {
  const rows = await database.query<{ id: number }>(
    "select id from assay.commits where repository_id = $1 and removed_in <= $2",
    [repositoryId, snapshot],
  )
  return new Set(rows.map(({ id }) => id))
}

function unpack(
  firstCommitId: number,
  data: { commit_data: Uint8Array; change_data: Uint8Array | null },
): HistoryBlock {
  const commits = unpackCommits(data.commit_data)
  const id = Int32Array.from({ length: commits.length }, (_, at) => firstCommitId + at)
  const { firstChange, changes } = data.change_data ? unpackChanges(data.change_data) : noChanges(commits.length)
  return { commits: { ...commits, id, firstChange }, changes }
}

function noChanges(commits: number): { firstChange: Int32Array; changes: ChangeColumns } {
  return {
    firstChange: new Int32Array(commits + 1),
    changes: {
      length: 0,
      pathId: new Int32Array(0),
      oldPathId: new Int32Array(0),
      status: new Uint8Array(0),
      kind: new Uint8Array(0),
      added: new Int32Array(0),
      deleted: new Int32Array(0),
    },
  }
}

/** The block as it is if all of it is there. */
function without(block: HistoryBlock, gone: ReadonlySet<number>): HistoryBlock {
  const { commits, changes } = block
  if (gone.size === 0) return block
  const kept: number[] = []
  for (let at = 0; at < commits.length; at++) if (!gone.has(commits.id[at]!)) kept.push(at)
  if (kept.length === commits.length) return block
  const firstChange = new Int32Array(kept.length + 1)
  const keptChanges: number[] = []
  for (const [to, at] of kept.entries()) {
    for (let change = commits.firstChange[at]!; change < commits.firstChange[at + 1]!; change++)
      keptChanges.push(change)
    firstChange[to + 1] = keptChanges.length
  }
  return {
    commits: { ...pickCommits(commits, kept), firstChange },
    changes: {
      length: keptChanges.length,
      pathId: Int32Array.from(keptChanges, (at) => changes.pathId[at]!),
      oldPathId: Int32Array.from(keptChanges, (at) => changes.oldPathId[at]!),
      status: Uint8Array.from(keptChanges, (at) => changes.status[at]!),
      kind: Uint8Array.from(keptChanges, (at) => changes.kind[at]!),
      added: Int32Array.from(keptChanges, (at) => changes.added[at]!),
      deleted: Int32Array.from(keptChanges, (at) => changes.deleted[at]!),
    },
  }
}

function pickCommits(commits: CommitColumns, kept: readonly number[]): Omit<CommitColumns, "firstChange"> {
  const coauthors = new Map<number, Int32Array>()
  for (const [to, at] of kept.entries()) {
    const identities = commits.coauthors.get(at)
    if (identities) coauthors.set(to, identities)
  }
  return {
    length: kept.length,
    id: Int32Array.from(kept, (at) => commits.id[at]!),
    merge: Uint8Array.from(kept, (at) => commits.merge[at]!),
    authorId: Int32Array.from(kept, (at) => commits.authorId[at]!),
    authoredAt: Float64Array.from(kept, (at) => commits.authoredAt[at]!),
    authorOffset: Int16Array.from(kept, (at) => commits.authorOffset[at]!),
    committedAt: Float64Array.from(kept, (at) => commits.committedAt[at]!),
    rank: Float64Array.from(kept, (at) => commits.rank[at]!),
    tie: Float64Array.from(kept, (at) => commits.tie[at]!),
    coauthors,
  }
}
