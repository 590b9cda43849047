import type { HistoryBlock } from "../facts/snapshot-facts.js"

/**
 * Which file each change belongs to, renames followed. A file is named by a number: the path id of a file of the snapshot, or, below
 * zero, one that is gone.
 */
export interface Lineage {
  /** By block, by change. */
  readonly files: readonly Int32Array[]
  /** The files that are gone: the last path of the file `-1` stands at 0, that of `-2` at 1. */
  readonly lastPaths: readonly number[]
  /** The ids of the commits in which they were last seen, likewise. */
  readonly lastCommits: readonly number[]
}

/** Codes of `status`, as `A` has them. */
export const status = { added: 65, modified: 77, deleted: 68, renamed: 82, typeChanged: 84 } as const

/**
 * Follows renames through a history. Walks from the newest commit to the oldest by (rank, tie), with a map from each path to the
 * file that it becomes, which begins with every file of the snapshot as itself. A rename moves the entry to the old path; an
 * addition ends it, so that what had the path before is another file. A path without an entry begins a file that is gone, known by
 * its last path and the commit it was last seen in. Copies are additions.
 *
 * The answer does not depend on the order of the blocks, nor on that of the commits in them.
 */
export function traceLineage(blocks: readonly HistoryBlock[], presentPathIds: Iterable<number>): Lineage {
  const walk = newestFirst(blocks)
  const files = blocks.map(({ changes }) => new Int32Array(changes.length))
  const lastPaths: number[] = []
  const lastCommits: number[] = []
  const present = Int32Array.from(presentPathIds)
  const fileOf = new Int32Array(largestPathId(blocks, present) + 1)
  for (const pathId of present) fileOf[pathId] = pathId

  for (let step = 0; step < walk.length; step++) {
    const at = walk.block[step]!
    const { commits, changes } = blocks[at]!
    const commit = walk.position[step]!
    const first = commits.firstChange[commit]!
    const end = commits.firstChange[commit + 1]!
    const found = files[at]!
    let structural = false
    for (let change = first; change < end; change++) {
      const pathId = changes.pathId[change]!
      if (fileOf[pathId] === 0) {
        lastPaths.push(pathId)
        lastCommits.push(commits.id[commit]!)
        fileOf[pathId] = -lastPaths.length
      }
      found[change] = fileOf[pathId]!
      const code = changes.status[change]!
      if (code === status.renamed || code === status.added) structural = true
    }
    if (!structural) continue
    // All entries go before any comes: two files may have swapped their names in one commit.
    for (let change = first; change < end; change++) {
      const code = changes.status[change]!
      if (code === status.renamed || code === status.added) fileOf[changes.pathId[change]!] = 0
    }
    for (let change = first; change < end; change++) {
      if (changes.status[change] === status.renamed) fileOf[changes.oldPathId[change]!] = found[change]!
    }
  }
  return { files, lastPaths, lastCommits }
}

/** The commits of all blocks, newest first: where each stands. */
export interface CommitOrder {
  readonly length: number
  readonly block: Int32Array
  readonly position: Int32Array
}

export function newestFirst(blocks: readonly HistoryBlock[]): CommitOrder {
  const length = blocks.reduce((sum, { commits }) => sum + commits.length, 0)
  const rank = new Float64Array(length)
  const tie = new Float64Array(length)
  const block = new Int32Array(length)
  const position = new Int32Array(length)
  const order = new Uint32Array(length)
  let next = 0
  for (const [at, { commits }] of blocks.entries()) {
    for (let commit = 0; commit < commits.length; commit++) {
      rank[next] = commits.rank[commit]!
      tie[next] = commits.tie[commit]!
      block[next] = at
      position[next] = commit
      order[next] = next
      next++
    }
  }
  order.sort((left, right) => rank[right]! - rank[left]! || tie[right]! - tie[left]!)
  return {
    length,
    block: block.map((_, at) => block[order[at]!]!),
    position: position.map((_, at) => position[order[at]!]!),
  }
}

function largestPathId(blocks: readonly HistoryBlock[], present: Int32Array): number {
  let largest = 0
  for (const pathId of present) if (pathId > largest) largest = pathId
  for (const { changes } of blocks) {
    for (let change = 0; change < changes.length; change++) {
      if (changes.pathId[change]! > largest) largest = changes.pathId[change]!
      if (changes.oldPathId[change]! > largest) largest = changes.oldPathId[change]!
    }
  }
  return largest
}
