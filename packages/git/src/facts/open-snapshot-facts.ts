import type { Database } from "@assay/core"
import { historyCacheOf } from "./history-cache.js"
import { readFileRows } from "./read-file-rows.js"
import { readHistoryBlocks } from "./read-history-blocks.js"
import { readFileLineBirths, readLineLedger } from "./read-line-ledger.js"
import { readPaths } from "./read-paths.js"
import { readPeople } from "./read-people.js"
import { readTags } from "./read-tags.js"
import type { SnapshotFacts, SnapshotOfFacts } from "./snapshot-facts.js"

/** Whose facts. The snapshot is the published one, or one of the few before it, whose facts are kept for comparing. */
export interface FactsOfSnapshot {
  readonly tenant: string
  readonly repositoryId: number
  readonly snapshot: SnapshotOfFacts
}

/** Reads what is known of a snapshot. Nothing is read before it is asked for; blocks of history are kept for the next time. */
export function openSnapshotFacts(database: Pick<Database, "query">, facts: FactsOfSnapshot): SnapshotFacts {
  const { repositoryId } = facts
  const { number, commit, branch, committedAt } = facts.snapshot
  const asked = { database, repositoryId, snapshot: number }
  return {
    repositoryId,
    snapshot: { number, commit, branch, committedAt },
    history: () => readHistoryBlocks({ ...asked, cache: historyCacheOf(database) }),
    lines: () => readLineLedger(asked),
    fileLines: () => readFileLineBirths(asked),
    people: () => readPeople(asked),
    files: () => readFileRows(asked),
    tags: () => readTags(asked),
    paths: (ids) => readPaths(asked, ids),
  }
}
