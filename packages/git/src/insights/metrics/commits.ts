import type { Fold } from "../selected-history.js"
import { isTime } from "../selected-history.js"

/** Of `C`, all commits that count; `N` are those that are no merges. */
export interface CommitCounts {
  readonly commits: number
  readonly merges: number
  readonly commitsNonMerge: number
  /** Of N, without any change. */
  readonly emptyCommits: number
  /** Of N, with an author's time that is none. */
  readonly invalidTimes: number
  /** By the author's clock, of N. `undefined` without commits. */
  readonly firstAt: number | undefined
  readonly lastAt: number | undefined
}

export function countCommits(latest: number): Fold<CommitCounts> {
  let commits = 0
  let merges = 0
  let emptyCommits = 0
  let invalidTimes = 0
  let firstAt = Infinity
  let lastAt = -Infinity
  return {
    shared: { name: "countCommits", bytesOf: () => 100 },
    add({ commits: block, commitCounts }) {
      for (let commit = 0; commit < block.length; commit++) {
        if (commitCounts[commit] === 0) continue
        commits++
        if (block.merge[commit] === 1) {
          merges++
          continue
        }
        if (block.firstChange[commit] === block.firstChange[commit + 1]) emptyCommits++
        const time = block.authoredAt[commit]!
        if (!isTime(time, latest)) invalidTimes++
        else {
          if (time < firstAt) firstAt = time
          if (time > lastAt) lastAt = time
        }
      }
    },
    result: () => ({
      ...{ commits, merges, commitsNonMerge: commits - merges, emptyCommits, invalidTimes },
      firstAt: firstAt === Infinity ? undefined : firstAt,
      lastAt: lastAt === -Infinity ? undefined : lastAt,
    }),
  }
}
