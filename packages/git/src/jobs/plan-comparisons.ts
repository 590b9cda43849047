import type { AskedBlock, Comparison } from "../history/read-patches.js"
import type { CollectedCommits } from "./collect-commits.js"
import type { PlannedBlock } from "./plan-blocks.js"
import type { Chain, ChainCommit } from "./plan-chain.js"

/** What is asked of git at once, and what for. */
export interface PlannedComparisons {
  /** Counted from 0: the chain goes through them in this order. */
  readonly number: number
  /** The block whose changes are wanted; `undefined` where only the lines are. */
  readonly block: PlannedBlock | undefined
  /** The commits of the chain whose lines are wanted, by the place of their comparison. */
  readonly chain: ReadonlyMap<number, ChainCommit>
}

const commitsPerBlock = 400

/** Asks for every commit once, for its changes and its place in the chain together. Oldest first, as the chain goes. */
export function planComparisons(
  commits: CollectedCommits,
  blocks: readonly PlannedBlock[],
  chain: Chain,
): AskedBlock<PlannedComparisons>[] {
  const asked: AskedBlock<PlannedComparisons>[] = []
  const pending = new Map(chain.commits.map((commit) => [commit.oid, commit]))
  const add = (block: PlannedBlock | undefined, comparisons: Comparison[]): void => {
    const places = new Map<number, ChainCommit>()
    comparisons.forEach(({ oid, hunks }, place) => hunks && places.set(place, pending.get(oid)!))
    asked.push({ block: { number: asked.length, block, chain: places }, comparisons })
  }

  const inner = new Set(commits.oids)
  const before = chain.commits.filter(({ oid }) => !inner.has(oid))
  for (let start = 0; start < before.length; start += commitsPerBlock) {
    const part = before.slice(start, start + commitsPerBlock)
    add(
      undefined,
      part.map(({ oid, parent }) => ({ oid, parent, hunks: true })),
    )
  }
  for (const block of blocks) {
    const comparisons: Comparison[] = []
    for (let at = block.start; at < block.start + block.length; at++) {
      const oid = commits.oids[at]!
      const link = pending.get(oid)
      const merge = commits.columns.merge[at] === 1
      if (link) comparisons.push({ oid, parent: link.parent, hunks: true })
      else if (!merge && !block.complete) comparisons.push({ oid, hunks: false })
    }
    if (comparisons.length > 0 || !block.complete) add(block.complete ? undefined : block, comparisons)
  }
  return asked
}
