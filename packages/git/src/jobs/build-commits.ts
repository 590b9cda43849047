import { countRetiredCommits, retireCommits } from "../facts/commit-rows.js"
import type { PathIds } from "../facts/path-ids.js"
import { writeChangeBlocks, writeCommitBlocks } from "../facts/write-history.js"
import type { BlockFacts } from "../facts/write-history.js"
import { readChanges } from "../history/read-changes.js"
import { readRevisions } from "../history/revisions.js"
import type { Change } from "../parse/parse-diff-tree.js"
import type { Build } from "./build-snapshot.js"
import { collectCommits, sliceColumns } from "./collect-commits.js"
import type { CollectedCommits } from "./collect-commits.js"
import { inBatches } from "./in-batches.js"
import { planBlocks } from "./plan-blocks.js"
import type { PlannedBlock } from "./plan-blocks.js"
import { toColumns } from "../facts/change-columns.js"

/** Takes out the commits that are gone, and reads those that are new. */
export async function buildCommits(build: Build, pathIds: PathIds): Promise<{ added: number; removed: number }> {
  const { context, scope, fetched, base, snapshot } = build
  const { mirror, tip } = fetched
  const { signal } = context
  const exclude = base === undefined ? [] : [base]
  await context.stage("reading history")

  let removed = 0
  if (base !== undefined) {
    for await (const oids of readRevisions(mirror, { tips: [base], exclude: [tip], signal })) {
      await retireCommits(scope, oids, snapshot)
    }
    removed = await countRetiredCommits(scope, snapshot)
  }

  const commits = await collectCommits(scope, mirror, { tip, exclude, signal })
  const blocks = await planBlocks(scope, { commits: commits.length, snapshot, resumed: build.resumed })
  await writeCommitBlocks(
    scope,
    blocks.map((block) => ({ ...block, columns: sliceColumns(commits, block.start, block.start + block.length) })),
    snapshot,
  )
  await buildChanges(build, { commits, blocks, pathIds })
  return { added: commits.length, removed }
}

async function buildChanges(
  build: Build,
  work: { commits: CollectedCommits; blocks: readonly PlannedBlock[]; pathIds: PathIds },
): Promise<void> {
  const { context, scope, snapshot } = build
  const { commits, pathIds } = work
  let done = 0
  const missing = work.blocks.filter((block) => {
    if (block.complete) done += block.length
    return !block.complete
  })
  const report = (): void => context.progress(done, commits.length, "commits")
  report()
  await inBatches(readBlocks(build, commits, missing), {
    weigh: ({ length, changes }: ReadBlock) => length + changes.reduce((sum, { length: count }) => sum + count, 0),
    weight: weightPerTransaction,
    write: async (batch) => {
      await scope.transaction(async (transaction) => {
        const paths = await pathIds.find(transaction, mentionedPaths(batch))
        const facts = batch.map((block): BlockFacts => {
          const { start, length } = block
          return {
            ...block,
            oids: commits.oids.slice(start, start + length),
            ranks: commits.columns.rank.subarray(start, start + length),
            changes: toColumns(block.changes, paths),
          }
        })
        await writeChangeBlocks(transaction, scope, { blocks: facts, addedIn: snapshot })
      })
      for (const { length } of batch) done += length
      report()
    },
  })
}

// Of one transaction: enough for the round trip not to matter, little enough for others to have their turn.
const weightPerTransaction = 3_000

interface ReadBlock extends PlannedBlock {
  changes: readonly (readonly Change[])[]
}

/** What the commits of these blocks changed, in whatever order git is done with them. */
async function* readBlocks(
  build: Build,
  commits: CollectedCommits,
  blocks: readonly PlannedBlock[],
): AsyncGenerator<ReadBlock[], void, undefined> {
  const changesOf = new Map<string, readonly Change[]>()
  const left = new Map<PlannedBlock, number>()
  const blockOf = new Map<string, PlannedBlock>()
  const asked: string[][] = []
  const merge = (at: number): boolean => commits.columns.merge[at] === 1
  const finish = (block: PlannedBlock): ReadBlock => ({
    ...block,
    changes: Array.from({ length: block.length }, (_, at) => {
      const oid = commits.oids[block.start + at]!
      const changes = changesOf.get(oid) ?? []
      changesOf.delete(oid)
      return changes
    }),
  })
  for (const block of blocks) {
    const oids: string[] = []
    for (let at = block.start; at < block.start + block.length; at++) if (!merge(at)) oids.push(commits.oids[at]!)
    for (const oid of oids) blockOf.set(oid, block)
    left.set(block, oids.length)
    if (oids.length > 0) asked.push(oids)
    else yield [finish(block)]
  }
  const children = build.children ?? 0
  const answers = readChanges(build.fetched.mirror, asked, {
    signal: build.context.signal,
    ...(children > 0 ? { children } : {}),
  })
  for await (const answer of answers) {
    const done: ReadBlock[] = []
    for (const { oid, changes } of answer.commits) {
      changesOf.set(oid, changes)
      const block = blockOf.get(oid)!
      left.set(block, left.get(block)! - 1)
      if (left.get(block) === 0) done.push(finish(block))
    }
    if (done.length > 0) yield done
  }
}

function mentionedPaths(blocks: readonly ReadBlock[]): Set<string> {
  const paths = new Set<string>()
  for (const { changes } of blocks) {
    for (const change of changes.flat()) {
      paths.add(change.path)
      if (change.oldPath !== undefined) paths.add(change.oldPath)
    }
  }
  return paths
}
