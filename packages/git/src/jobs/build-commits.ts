import { toDate } from "../facts/claimed-time.js"
import { countRetiredCommits, retireCommits } from "../facts/commit-rows.js"
import { announceFirstFacts } from "../facts/open-first-facts.js"
import type { CommitBlock } from "../facts/pack-commits.js"
import { writeCommitBlocks } from "../facts/write-history.js"
import { writePeople } from "../facts/write-people.js"
import { readRevisions } from "../history/revisions.js"
import type { Build } from "./build-snapshot.js"
import { collectCommits, sliceColumns } from "./collect-commits.js"
import type { CollectedCommits } from "./collect-commits.js"
import { planBlocks } from "./plan-blocks.js"
import type { PlannedBlock } from "./plan-blocks.js"
import { runTogether } from "./run-together.js"

/** The commits that are new, and where they belong. */
export interface BuiltCommits {
  readonly commits: CollectedCommits
  readonly blocks: readonly PlannedBlock[]
  /** How many are gone. */
  readonly removed: number
}

/** Takes out the commits that are gone, and reads who and when of those that are new: the first facts. */
export async function buildCommits(build: Build): Promise<BuiltCommits> {
  const { scope, fetched, base, snapshot, signal } = build
  const { mirror, tip } = fetched
  const exclude = base === undefined ? [] : [base]

  const commits = await collectCommits(scope, mirror, { tip, exclude, signal })
  const removed = base === undefined || descendsFrom(base, tip, commits) ? 0 : await retire(build, base)
  const blocks = await planBlocks(scope, { commits: commits.length, snapshot, resumed: build.resumed })
  const sameMailmap = build.treeChanges?.every(({ path }) => path !== ".mailmap") ?? false
  const before = sameMailmap ? build.baseSnapshot : undefined
  await runTogether(signal, async (part) => {
    // Git says who everybody is while the commits are packed.
    const people = part((either) => writePeople(scope, mirror, { snapshot, tip, before, signal: either }))
    const columns = ({ start, length }: PlannedBlock): CommitBlock => sliceColumns(commits, start, start + length)
    const written = blocks.map((block) => ({ ...block, columns: columns(block) }))
    await writeCommitBlocks(scope, written, snapshot)
    await people
  })
  const last = commits.oids.lastIndexOf(tip)
  const committedAt = last === -1 ? undefined : toDate(commits.columns.committedAt[last]!)
  await announceFirstFacts(scope, { snapshot, committedAt })
  return { commits, blocks, removed }
}

/** Of what the tip reaches and the base does not, some commit has the base as a parent, unless history was rewritten. */
function descendsFrom(base: string, tip: string, { parents }: CollectedCommits): boolean {
  return base === tip || parents.some((own) => own.includes(base))
}

async function retire({ scope, fetched, snapshot, signal }: Build, base: string): Promise<number> {
  const { mirror, tip } = fetched
  for await (const oids of readRevisions(mirror, { tips: [base], exclude: [tip], signal })) {
    await retireCommits(scope, oids, snapshot)
  }
  return countRetiredCommits(scope, snapshot)
}
