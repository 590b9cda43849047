import type { AskedPatches } from "../history/read-patches.js"
import type { Chain, ChainCommit } from "./plan-chain.js"

/** Some commits of the chain whose lines are wanted, one after another. */
export interface PlannedPatches {
  /** Counted from 0: the chain goes through them in this order. */
  readonly number: number
  readonly commits: readonly ChainCommit[]
}

/** Few enough for the last block of a short history not to keep one process busy while the others have nothing to do. */
function blockSize(commits: number): number {
  return Math.min(Math.max(Math.ceil(commits / 64), 25), 400)
}

/** Oldest first, as the chain goes. */
export function planPatches({ commits }: Chain): AskedPatches<PlannedPatches>[] {
  const size = blockSize(commits.length)
  const asked: AskedPatches<PlannedPatches>[] = []
  for (let start = 0; start < commits.length; start += size) {
    const part = commits.slice(start, start + size)
    asked.push({
      block: { number: asked.length, commits: part },
      comparisons: part.map(({ oid, parent }) => ({ oid, parent })),
    })
  }
  return asked
}
