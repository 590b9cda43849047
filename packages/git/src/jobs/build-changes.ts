import { toColumns } from "../facts/change-columns.js"
import type { PathIds } from "../facts/path-ids.js"
import { writeChangeBlocks } from "../facts/write-history.js"
import type { BlockFacts } from "../facts/write-history.js"
import { childrenWorth } from "../history/count-children.js"
import { readChangesOf } from "../history/read-changes.js"
import type { CommitChanges } from "../parse/parse-diff-tree.js"
import type { Build } from "./build-snapshot.js"
import type { CollectedCommits } from "./collect-commits.js"
import { inBatches, oneByOne } from "./in-batches.js"
import { mentionedPaths } from "./mentioned-paths.js"
import type { PlannedBlock } from "./plan-blocks.js"

// Of one transaction: enough for the round trip not to matter, little enough for others to have their turn.
const weightPerTransaction = 3_000

interface Answer {
  readonly block: PlannedBlock
  readonly commits: readonly CommitChanges[]
}

/** Reads what all new commits changed. Each block of them is written when git is done with it, in whatever order. */
export async function buildChanges(
  build: Build,
  work: { commits: CollectedCommits; blocks: readonly PlannedBlock[]; pathIds: PathIds },
): Promise<void> {
  const { scope, snapshot } = build
  const { commits, blocks, pathIds } = work
  let done = blocks.reduce((sum, { complete, length }) => sum + (complete ? length : 0), 0)
  const report = (): void => build.stages.progress("reading history", done, commits.length, "commits")
  report()
  const asked = blocks
    .filter(({ complete }) => !complete)
    .map((block) => ({ block, oids: comparedOids(commits, block) }))
  const answers = readChangesOf(build.fetched.mirror, asked, {
    slots: build.slots,
    children: childrenWorth(commits.length),
    signal: build.signal,
  })
  await inBatches(oneByOne(answers), {
    weigh: (answer) => answer.commits.reduce((sum, { changes }) => sum + 1 + changes.length, 0),
    weight: weightPerTransaction,
    write: async (batch) => {
      await scope.transaction(async (transaction) => {
        const paths = await pathIds.find(
          transaction,
          mentionedPaths(batch.flatMap(({ commits: answered }) => answered)),
        )
        const facts = batch.map((answer) => toFacts(answer, commits, paths))
        await writeChangeBlocks(transaction, scope, { blocks: facts, addedIn: snapshot })
      })
      for (const { block } of batch) done += block.length
      report()
    },
  })
}

/** What a merge brought in was changed by others. */
function comparedOids({ oids, columns }: CollectedCommits, { start, length }: PlannedBlock): string[] {
  return oids.slice(start, start + length).filter((_oid, at) => columns.merge[start + at] !== 1)
}

function toFacts(
  { block, commits: answered }: Answer,
  commits: CollectedCommits,
  paths: ReadonlyMap<string, number>,
): BlockFacts {
  const { start, length } = block
  const changesOf = new Map(answered.map(({ oid, changes }) => [oid, changes]))
  const oids = commits.oids.slice(start, start + length)
  const ranks = commits.columns.rank.subarray(start, start + length)
  const changes = oids.map((oid) => changesOf.get(oid) ?? [])
  return { ...block, oids, ranks, changes: toColumns(changes, paths) }
}
