import type { Database } from "@assay/core"
import { inSnapshot } from "../facts/in-snapshot.js"

export interface PresentFilesQuery {
  database: Pick<Database, "query">
  repositoryId: number
  snapshot: number
}

export interface PresentFile {
  readonly pathId: number
  /** 0 for binary files. */
  readonly lines: number
  /** Vendored, generated or documentation. */
  readonly excluded: boolean
}

/** The regular files of a snapshot, with no more than counting needs. */
export async function readPresentFiles(query: PresentFilesQuery): Promise<PresentFile[]> {
  return query.database.query<PresentFile & Record<string, unknown>>(
    `select path_id as "pathId", coalesce(lines, 0) as lines, excluded is not null as excluded
    from assay.files where repository_id = $1 and ${inSnapshot("files")}`,
    [query.repositoryId, query.snapshot],
  )
}
