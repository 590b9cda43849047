import { toColumns } from "../facts/change-columns.js"
import type { PathIds } from "../facts/path-ids.js"
import { writeChangeBlocks } from "../facts/write-history.js"
import type { BlockFacts } from "../facts/write-history.js"
import { readPatches } from "../history/read-patches.js"
import type { PatchedBlock } from "../history/read-patches.js"
import type { PatchedChange } from "../parse/parse-patches.js"
import { createLineBuilder } from "./build-lines.js"
import type { Build } from "./build-snapshot.js"
import type { CollectedCommits } from "./collect-commits.js"
import { inBatches } from "./in-batches.js"
import type { PlannedBlock } from "./plan-blocks.js"
import type { Chain } from "./plan-chain.js"
import { planComparisons } from "./plan-comparisons.js"
import type { PlannedComparisons } from "./plan-comparisons.js"

// Of one transaction: enough for the round trip not to matter, little enough for others to have their turn.
const weightPerTransaction = 3_000

type Answer = PatchedBlock<PlannedComparisons>

/**
 * Reads what all new commits changed, and when lines were born and died, in one pass. Each block of changes is written when git
 * is done with it, in whatever order; lines are counted in the order of the chain.
 */
export async function buildChanges(
  build: Build,
  work: { commits: CollectedCommits; blocks: readonly PlannedBlock[]; chain: Chain | undefined; pathIds: PathIds },
): Promise<void> {
  const { context, scope, snapshot } = build
  const { commits, blocks, pathIds } = work
  const chain = work.chain ?? { firstPosition: 0, lastTime: -Infinity, commits: [] }
  const lines = createLineBuilder(build, chain)
  let done = blocks.reduce((sum, { complete, length }) => sum + (complete ? length : 0), 0)
  const report = (): void => context.progress(done, commits.length, "commits")
  report()
  const answers = readPatches(build.fetched.mirror, planComparisons(commits, blocks, chain), {
    children: build.children && build.children > 0 ? build.children : undefined,
    signal: context.signal,
  })
  await inBatches(oneByOne(answers), {
    weigh: ({ patches }) => patches.reduce((sum, { changes }) => sum + 1 + changes.length, 0),
    weight: weightPerTransaction,
    write: async (batch) => {
      const paths = await scope.transaction(async (transaction) => {
        const found = await pathIds.find(transaction, mentionedPaths(batch))
        const facts = batch.flatMap((answer) => toFacts(answer, commits, found))
        if (facts.length > 0) await writeChangeBlocks(transaction, scope, { blocks: facts, addedIn: snapshot })
        return found
      })
      for (const { block, patches } of batch) {
        lines.offer(block, patches, paths)
        done += block.block?.length ?? 0
      }
      report()
      await lines.advance()
    },
  })
  await lines.finish()
}

function toFacts(
  { block: { block }, patches }: Answer,
  commits: CollectedCommits,
  paths: ReadonlyMap<string, number>,
): BlockFacts[] {
  if (!block) return []
  const { start, length } = block
  const changesOf = new Map(patches.map(({ oid, changes }) => [oid, changes]))
  const none: PatchedChange[] = []
  const changes = Array.from({ length }, (_, at) =>
    // What a merge changed against its first parent counts for lines only.
    commits.columns.merge[start + at] === 1 ? none : changesOf.get(commits.oids[start + at]!)!,
  )
  return [
    {
      ...block,
      oids: commits.oids.slice(start, start + length),
      ranks: commits.columns.rank.subarray(start, start + length),
      changes: toColumns(changes, paths),
    },
  ]
}

function mentionedPaths(answers: readonly Answer[]): Set<string> {
  const paths = new Set<string>()
  for (const { patches } of answers) {
    for (const { changes } of patches) {
      for (const { path, oldPath } of changes) {
        paths.add(path)
        if (oldPath !== undefined) paths.add(oldPath)
      }
    }
  }
  return paths
}

async function* oneByOne<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item[], void, undefined> {
  for await (const item of items) yield [item]
}
