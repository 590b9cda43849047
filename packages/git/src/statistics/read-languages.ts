import type { Database } from "@assay/core"
import { inSnapshot } from "../facts/in-snapshot.js"

export interface LanguageStatistics {
  /** As GitHub's linguist names it. */
  readonly name: string
  readonly files: number
  readonly bytes: number
  readonly lines: number
  /** Of the bytes of all languages. */
  readonly share: number
}

/**
 * The languages of a snapshot, most bytes first. Like GitHub's bar it leaves out data, prose, and files that are
 * vendored, generated or documentation; where nothing else is left, it counts whatever language there is.
 */
export async function readLanguages(
  database: Pick<Database, "query">,
  query: { repositoryId: number; snapshot: number; limit: number },
): Promise<LanguageStatistics[]> {
  return database.query<LanguageStatistics>(
    `with present as (
      select language, bytes, coalesce(lines, 0) as lines, detectable, bool_or(detectable) over () as any_detectable
      from assay.files where repository_id = $1 and ${inSnapshot("files")} and language is not null
    )
    select language as name, count(*) as files, sum(bytes)::bigint as bytes, sum(lines)::bigint as lines,
      coalesce((sum(bytes) / nullif(sum(sum(bytes)) over (), 0))::float8, 0) as share
    from present where detectable or not any_detectable
    group by language order by sum(bytes) desc, language collate "C" limit $3`,
    [query.repositoryId, query.snapshot, query.limit],
  )
}
