import type { Database, FileStatistics, StatisticsPage } from "@assay/core"
import { inSnapshot } from "../facts/in-snapshot.js"

export async function readFilesPage(
  database: Pick<Database, "query">,
  query: StatisticsPage & { repositoryId: number; snapshot: number },
): Promise<FileStatistics[]> {
  // A rename touches both of its paths, as git's own history of a path has it.
  const newestTouching = (path: string): string => `
    select max(commits.authored_at)
    from assay.changes
    join assay.commits on commits.repository_id = $1 and commits.id = changes.commit_id and ${inSnapshot("commits")}
    where changes.repository_id = $1 and changes.${path} = page.path_id`
  const rows = await database.query<FileRow>(
    `with page as (
      select files.path_id, paths.path, files.language, files.bytes, files.lines
      from assay.files join assay.paths on paths.repository_id = $1 and paths.id = files.path_id
      where files.repository_id = $1 and ${inSnapshot("files")}
      order by files.lines desc nulls last, paths.path limit $3 offset $4
    )
    select page.*, greatest((${newestTouching("path_id")}), (${newestTouching("old_path_id")})) as modified_at
    from page order by lines desc nulls last, path`,
    [query.repositoryId, query.snapshot, query.limit, query.offset],
  )
  return rows.map((row) => ({
    id: row.path_id,
    path: row.path,
    language: row.language ?? undefined,
    bytes: row.bytes,
    lines: row.lines ?? undefined,
    binary: row.lines === null,
    lastModifiedAt: row.modified_at ?? undefined,
  }))
}

interface FileRow {
  path_id: number
  path: string
  language: string | null
  bytes: number
  lines: number | null
  modified_at: Date | null
}
