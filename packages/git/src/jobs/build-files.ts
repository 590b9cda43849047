import type { TreeFile } from "../facts/describe-file.js"
import type { PathIds } from "../facts/path-ids.js"
import { attributesFile, readAttributes, readFiles, readTreeFiles } from "../facts/read-files.js"
import { retireRows } from "../facts/remove-rows.js"
import { retireFiles, writeFiles } from "../facts/write-files.js"
import { readTreeChanges } from "../history/read-tree-changes.js"
import { createLanguageDetector } from "../languages/language-detector.js"
import type { Change } from "../parse/parse-diff-tree.js"
import type { Build } from "./build-snapshot.js"
import { inBatches, oneByOne } from "./in-batches.js"

const filesPerTransaction = 2_000

/** Takes out the files that are gone or changed, and reads those that are new or changed. */
export async function buildFiles(build: Build, pathIds: PathIds): Promise<void> {
  const { scope, fetched, base, snapshot, signal } = build
  const { mirror, tip } = fetched
  const report = (done: number, total: number): void => build.stages.progress("reading files", done, total, "files")
  let changes = base === undefined ? undefined : await readTreeChanges(mirror, base, { to: tip, signal })
  if (changes?.some(({ path }) => attributesFile.test(path))) {
    // Other rules may say something else of every file.
    await retireRows(scope, "files", snapshot)
    changes = undefined
  }
  for (let start = 0; changes && start < changes.length; start += filesPerTransaction) {
    const paths = changes.slice(start, start + filesPerTransaction).map(({ path }) => path)
    await scope.transaction((transaction) => retireFiles(transaction, scope, { paths, removedIn: snapshot, pathIds }))
  }

  const changed = changes?.flatMap(toTreeFile)
  if (changed?.length === 0) return report(0, 0)
  const { attributesOf, count } = await readAttributes(mirror, tip, signal)
  const total = changed?.length ?? count
  report(0, total)
  if (total === 0) return
  const languages = await createLanguageDetector()
  let done = 0
  const files = readFiles(mirror, changed ?? readTreeFiles(mirror, tip, signal), {
    ...{ languages, attributesOf, signal },
  })
  await inBatches(oneByOne(files), {
    weigh: () => 1,
    weight: filesPerTransaction,
    write: async (batch) => {
      await scope.transaction((transaction) =>
        writeFiles(transaction, scope, { files: batch, addedIn: snapshot, pathIds }),
      )
      done += batch.length
      report(done, total)
    },
  })
}

/** The regular file that a path is after the change, if it is one. */
function toTreeFile({ path, newMode, newOid }: Change): TreeFile[] {
  // A regular file has this type, whatever odd permissions an old git has given it.
  const regular = (newMode & 0o170000) === 0o100000
  return regular ? [{ path, oid: newOid, executable: newMode === 0o100755 }] : []
}
