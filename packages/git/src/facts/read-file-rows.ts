import type { Database } from "@assay/core"
import { inSnapshot } from "./in-snapshot.js"
import type { FileRow } from "./snapshot-facts.js"

/** The regular files of a snapshot, by path. */
export async function readFileRows(files: {
  database: Pick<Database, "query">
  repositoryId: number
  snapshot: number
}): Promise<FileRow[]> {
  const rows = await files.database.query<StoredFile>(
    `select path_id, path, encode(oid, 'hex') as oid, executable, bytes, lines, sloc, indentation_sum, indentation_sd,
      indentation_max, language, detectable, excluded, excluded_reason, lfs
    from assay.files join assay.paths on paths.repository_id = $1 and paths.id = files.path_id
    where files.repository_id = $1 and ${inSnapshot("files")} order by path`,
    [files.repositoryId, files.snapshot],
  )
  return rows.map((row) => ({
    pathId: row.path_id,
    path: row.path,
    oid: row.oid,
    executable: row.executable,
    bytes: row.bytes,
    lines: row.lines ?? undefined,
    sloc: row.sloc ?? undefined,
    indentation:
      row.sloc === null
        ? undefined
        : {
            sum: row.indentation_sum!,
            mean: row.sloc === 0 ? 0 : row.indentation_sum! / row.sloc,
            sd: row.indentation_sd!,
            max: row.indentation_max!,
          },
    language: row.language ?? undefined,
    detectable: row.detectable,
    excluded: row.excluded === null ? undefined : { what: row.excluded, reason: row.excluded_reason! },
    lfs: row.lfs,
  }))
}

interface StoredFile {
  path_id: number
  path: string
  oid: string
  executable: boolean
  bytes: number
  lines: number | null
  sloc: number | null
  indentation_sum: number | null
  indentation_sd: number | null
  indentation_max: number | null
  language: string | null
  detectable: boolean
  excluded: "vendored" | "generated" | "documentation" | null
  excluded_reason: string | null
  lfs: boolean
}
