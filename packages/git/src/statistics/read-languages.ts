import type { Database } from "@assay/core"
import { inSnapshot } from "../facts/in-snapshot.js"
import { languageGroup, loadLanguageTable } from "../languages/language-table.js"

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
 * vendored, generated or documentation, and counts languages that are part of another as that other; where nothing else is
 * left, it counts whatever language there is.
 */
export async function readLanguages(
  database: Pick<Database, "query">,
  query: { repositoryId: number; snapshot: number; limit: number },
): Promise<LanguageStatistics[]> {
  const rows = await database.query<Omit<LanguageStatistics, "share">>(
    `with present as (
      select language, bytes, coalesce(lines, 0) as lines, detectable, bool_or(detectable) over () as any_detectable
      from assay.files where repository_id = $1 and ${inSnapshot("files")} and language is not null
    )
    select language as name, count(*) as files, sum(bytes)::bigint as bytes, sum(lines)::bigint as lines
    from present where detectable or not any_detectable
    group by language order by sum(bytes) desc, language collate "C"`,
    [query.repositoryId, query.snapshot],
  )
  const table = await loadLanguageTable()
  const groups = new Map<string, Omit<LanguageStatistics, "share">>()
  for (const row of rows) {
    const name = languageGroup(row.name, table)
    const { files, bytes, lines } = groups.get(name) ?? { files: 0, bytes: 0, lines: 0 }
    groups.set(name, { name, files: files + row.files, bytes: bytes + row.bytes, lines: lines + row.lines })
  }
  const total = rows.reduce((sum, { bytes }) => sum + bytes, 0)
  return [...groups.values()]
    .map((group) => ({ ...group, share: total === 0 ? 0 : group.bytes / total }))
    .sort((one, other) => other.bytes - one.bytes || (one.name < other.name ? -1 : 1))
    .slice(0, query.limit)
}
