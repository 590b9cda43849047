import type { TreeFile } from "../facts/describe-file.js"
import type { PathIds } from "../facts/path-ids.js"
import {
  attributesFile,
  changeRules,
  findAttributes,
  readFiles,
  readKnownAttributes,
  readTreeFiles,
  toTreeFile,
} from "../facts/read-files.js"
import { retireRows } from "../facts/remove-rows.js"
import { retireFiles, writeFiles } from "../facts/write-files.js"
import { createLanguageDetector } from "../languages/language-detector.js"
import type { Build } from "./build-snapshot.js"
import { inBatches, oneByOne } from "./in-batches.js"

const filesPerTransaction = 2_000

/** Takes out the files that are gone or changed, and reads those that are new or changed. */
export async function buildFiles(build: Build, pathIds: PathIds): Promise<void> {
  const { scope, fetched, snapshot, signal } = build
  const { mirror, tip } = fetched
  const report = (done: number, total: number): void => build.stages.progress("reading files", done, total, "files")
  let changes = build.treeChanges
  if (changes && (await changeRules(mirror, changes, signal))) {
    // Other rules may say something else of every file.
    await retireRows(scope, "files", snapshot)
    changes = undefined
  }
  for (let start = 0; changes && start < changes.length; start += filesPerTransaction) {
    const paths = changes.slice(start, start + filesPerTransaction).map(({ path }) => path)
    await scope.transaction((transaction) => retireFiles(transaction, scope, { paths, removedIn: snapshot, pathIds }))
  }

  const changed = changes?.flatMap((change) => toTreeFile(change, "new") ?? [])
  if (changed?.length === 0) return report(0, 0)
  const { attributes, files: total } = changed
    ? { attributes: await presentAttributes(build, changed), files: changed.length }
    : await findAttributes(mirror, tip, signal)
  report(0, total)
  if (total === 0) return
  const languages = await createLanguageDetector()
  let done = 0
  const files = readFiles(mirror, changed ?? readTreeFiles(mirror, tip, signal), {
    ...{ languages, attributes, signal },
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

/** Those that were not changed, and those that were, as they are now. */
async function presentAttributes({ scope, snapshot }: Build, changed: readonly TreeFile[]): Promise<TreeFile[]> {
  const known = await readKnownAttributes(scope, snapshot)
  return [...known, ...changed.filter(({ path }) => attributesFile.test(path))]
}
