import type { HistoryBlock } from "../facts/snapshot-facts.js"
import { hasLines } from "./selected-history.js"

/** Lines that each commit of a block added and deleted, in regular text files. */
export interface CommitLines {
  readonly added: Float64Array
  readonly deleted: Float64Array
}

/** Of all changes of each commit. */
export function countLinesOfCommits({ commits, changes }: HistoryBlock): CommitLines {
  const added = new Float64Array(commits.length)
  const deleted = new Float64Array(commits.length)
  const block = { changes, file: changes.pathId }
  for (let commit = 0; commit < commits.length; commit++) {
    const end = commits.firstChange[commit + 1]!
    for (let change = commits.firstChange[commit]!; change < end; change++) {
      if (!hasLines(block, change)) continue
      added[commit]! += changes.added[change]!
      deleted[commit]! += changes.deleted[change]!
    }
  }
  return { added, deleted }
}
