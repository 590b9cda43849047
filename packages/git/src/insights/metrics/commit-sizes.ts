import type { Fold } from "../selected-history.js"
import { quantile } from "./quantile.js"

export interface CommitSizes {
  /** Lines added and deleted of a non-merge commit: the median, and what nine of ten do not exceed. `undefined` without commits. */
  readonly median: number | undefined
  readonly p90: number | undefined
  /** Commits of up to 10, 100 and 500 lines, and of more. */
  readonly classes: { readonly small: number; readonly medium: number; readonly large: number; readonly huge: number }
}

export function countCommitSizes(): Fold<CommitSizes> {
  const sizes: number[] = []
  return {
    add({ commits, commitCounts, lines }) {
      for (let commit = 0; commit < commits.length; commit++) {
        if (commitCounts[commit] === 0 || commits.merge[commit] === 1) continue
        sizes.push(lines.added[commit]! + lines.deleted[commit]!)
      }
    },
    result() {
      const ascending = Float64Array.from(sizes).sort()
      const upTo = (lines: number): number => ascending.findLastIndex((size) => size <= lines) + 1
      return {
        median: quantile(ascending, 0.5),
        p90: quantile(ascending, 0.9),
        classes: {
          small: upTo(10),
          medium: upTo(100) - upTo(10),
          large: upTo(500) - upTo(100),
          huge: ascending.length - upTo(500),
        },
      }
    },
  }
}
