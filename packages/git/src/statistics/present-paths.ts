import type { SnapshotFacts } from "../facts/snapshot-facts.js"
import { readFormerPaths } from "./former-paths.js"
import { readPresentFiles } from "./read-present-files.js"
import type { PresentFile, PresentFilesQuery } from "./read-present-files.js"

/** Says of the paths in changes which of the snapshot's files they are now. */
export interface PresentPaths {
  readonly files: ReadonlyMap<number, PresentFile>
  /** The file that has the path, or that took its name in the end. `undefined` if it is gone, or left out. */
  fileOf(pathId: number): PresentFile | undefined
}

/** `exclude` leaves out vendored, generated and documentation files. */
export async function readPresentPaths(
  facts: Pick<SnapshotFacts, "history">,
  query: PresentFilesQuery & { exclude: boolean },
): Promise<PresentPaths> {
  const all = await readPresentFiles(query)
  const former = await readFormerPaths(facts, new Set(all.map(({ pathId }) => pathId)))
  const files = new Map(all.filter(({ excluded }) => !query.exclude || !excluded).map((file) => [file.pathId, file]))
  return { files, fileOf: (pathId) => files.get(former.get(pathId) ?? pathId) }
}
