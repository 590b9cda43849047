import type { FileStatistics, StatisticsPage } from "@assay/core"
import { toDate } from "../facts/claimed-time.js"
import { inSnapshot } from "../facts/in-snapshot.js"
import type { SnapshotFacts } from "../facts/snapshot-facts.js"
import type { PresentFilesQuery } from "./read-present-files.js"

/** The largest files first. */
export async function readFilesPage(
  facts: Pick<SnapshotFacts, "history">,
  query: StatisticsPage & PresentFilesQuery,
): Promise<FileStatistics[]> {
  const rows = await query.database.query<FileRow>(
    `select files.path_id, paths.path, files.language, files.bytes, files.lines
    from assay.files join assay.paths on paths.repository_id = $1 and paths.id = files.path_id
    where files.repository_id = $1 and ${inSnapshot("files")}
    order by files.lines desc nulls last, paths.path limit $3 offset $4`,
    [query.repositoryId, query.snapshot, query.limit, query.offset],
  )
  const touched = await readLastTouched(facts, new Set(rows.map(({ path_id: id }) => id)))
  return rows.map((row) => ({
    id: row.path_id,
    path: row.path,
    language: row.language ?? undefined,
    bytes: row.bytes,
    lines: row.lines ?? undefined,
    binary: row.lines === null,
    lastModifiedAt: touched.get(row.path_id),
  }))
}

/** When a commit touched each of these paths last. A rename touches both of its paths, as git's own history of a path has it. */
async function readLastTouched(
  facts: Pick<SnapshotFacts, "history">,
  paths: ReadonlySet<number>,
): Promise<ReadonlyMap<number, Date>> {
  const newest = new Map<number, number>()
  for await (const { commits, changes } of paths.size > 0 ? facts.history() : []) {
    for (let at = 0; at < commits.length; at++) {
      const authoredAt = commits.authoredAt[at]!
      for (let change = commits.firstChange[at]!; change < commits.firstChange[at + 1]!; change++) {
        for (const path of [changes.pathId[change]!, changes.oldPathId[change]!]) {
          if (paths.has(path) && authoredAt > (newest.get(path) ?? -Infinity)) newest.set(path, authoredAt)
        }
      }
    }
  }
  return new Map(Array.from(newest, ([path, seconds]) => [path, toDate(seconds)]))
}

interface FileRow {
  path_id: number
  path: string
  language: string | null
  bytes: number
  lines: number | null
}
