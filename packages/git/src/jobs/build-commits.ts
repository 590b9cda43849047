import { toDate } from "../facts/claimed-time.js"
import { countRetiredCommits, retireCommits } from "../facts/commit-rows.js"
import { retireLedger } from "../facts/ledger-rows.js"
import { announceFirstFacts } from "../facts/open-first-facts.js"
import type { PathIds } from "../facts/path-ids.js"
import { writeCommitBlocks } from "../facts/write-history.js"
import { writePeople } from "../facts/write-people.js"
import { readRevisions } from "../history/revisions.js"
import { buildChanges } from "./build-changes.js"
import { buildLines } from "./build-lines.js"
import type { Build } from "./build-snapshot.js"
import { collectCommits, sliceColumns } from "./collect-commits.js"
import { planBlocks } from "./plan-blocks.js"
import { planChain } from "./plan-chain.js"

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
  const before = base === undefined ? undefined : { snapshot: build.baseSnapshot, tip: base }
  await writePeople(scope, mirror, { snapshot, tip, before, signal })
  const last = commits.oids.lastIndexOf(tip)
  const committedAt = last === -1 ? undefined : toDate(commits.columns.committedAt[last]!)
  await announceFirstFacts(scope, { snapshot, committedAt })
  await buildChanges(build, { commits, blocks, pathIds })
  if (build.lines) await buildLines(build, { chain: await planChain(build, { commits, blocks }), pathIds })
  else await retireLedger(scope, snapshot)
  return { added: commits.length, removed }
}
