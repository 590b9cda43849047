import { toDate } from "../facts/claimed-time.js"
import { countRetiredCommits, retireCommits } from "../facts/commit-rows.js"
import { announceFirstFacts } from "../facts/open-first-facts.js"
import { writeCommitBlocks } from "../facts/write-history.js"
import { writePeople } from "../facts/write-people.js"
import { readRevisions } from "../history/revisions.js"
import type { Build } from "./build-snapshot.js"
import { collectCommits, sliceColumns } from "./collect-commits.js"
import type { CollectedCommits } from "./collect-commits.js"
import { planBlocks } from "./plan-blocks.js"
import type { PlannedBlock } from "./plan-blocks.js"

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
  const before = base === undefined ? undefined : { snapshot: build.baseSnapshot, tip: base }
  await writePeople(scope, mirror, { snapshot, tip, before, signal })
  const last = commits.oids.lastIndexOf(tip)
  const committedAt = last === -1 ? undefined : toDate(commits.columns.committedAt[last]!)
  await announceFirstFacts(scope, { snapshot, committedAt })
  return { commits, blocks, removed }
}
