import type { PathIds } from "../facts/path-ids.js"
import { countKnownCommits, findKnownCommits } from "../facts/known-commits.js"
import { countRetiredCommits, retireCommits } from "../facts/retire-commits.js"
import { createCommitWriter } from "../facts/write-commits.js"
import type { CommitFacts } from "../facts/write-commits.js"
import { countRevisions, readRevisions } from "../history/revisions.js"
import type { Build } from "./build-snapshot.js"
import { inBatches } from "./in-batches.js"
import { readHistory } from "./read-history.js"

// Rows of one transaction: enough for the round trip not to matter, little enough for others to have their turn.
const rowsPerTransaction = 3_000

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

  const total = await countRevisions(mirror, { tips: [tip], exclude, signal })
  const writer = await createCommitWriter(scope, { addedIn: snapshot, pathIds })
  let added = build.resumed ? await countKnownCommits(scope, snapshot) : 0
  context.progress(added, total, "commits")
  const history = readHistory(mirror, {
    ...{ tip, exclude, total, signal },
    children: build.children,
    findKnown: build.resumed ? (oids) => findKnownCommits(scope, oids, snapshot) : undefined,
  })
  await inBatches(history, {
    weigh: ({ changes }: CommitFacts) => changes.length + 1,
    weight: rowsPerTransaction,
    write: async (commits) => {
      await scope.transaction((transaction) => writer.write(transaction, commits))
      added += commits.length
      context.progress(added, total, "commits")
    },
  })
  return { added, removed }
}
