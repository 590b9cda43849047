import type { FactScope } from "../facts/fact-scope.js"
import type { BlockOfCommits, StoredBlock } from "../facts/write-history.js"
import { readLastIds, readStoredBlocks } from "../facts/write-history.js"

export interface PlannedBlock extends BlockOfCommits {
  /** Where it begins among the collected commits. */
  readonly start: number
  /** An earlier attempt has read and written it. */
  readonly complete: boolean
}

/**
 * Cuts the commits into blocks and gives them their ids. An attempt that goes on where another ended finds the same blocks:
 * the order of commits does not depend on when, and by whom, they were read.
 */
export async function planBlocks(
  scope: FactScope,
  work: { commits: number; snapshot: number; resumed: boolean },
): Promise<PlannedBlock[]> {
  const stored = work.resumed ? await readStoredBlocks(scope, work.snapshot) : []
  const last = stored[0]
    ? { block: stored[0].number - 1, commit: stored[0].firstCommitId - 1 }
    : await readLastIds(scope)
  const complete = new Set(stored.filter((block: StoredBlock) => block.complete).map(({ number }) => number))
  const size = blockSize(work.commits)
  const blocks: PlannedBlock[] = []
  for (let start = 0; start < work.commits; start += size) {
    const number = last.block + blocks.length + 1
    blocks.push({
      number,
      start,
      firstCommitId: last.commit + 1 + start,
      length: Math.min(size, work.commits - start),
      complete: complete.has(number),
    })
  }
  return blocks
}

/** Large enough to keep git busy, small enough to let all its processes end at about the same time. */
function blockSize(commits: number): number {
  return Math.min(Math.max(Math.ceil(commits / 64), 50), 400)
}
