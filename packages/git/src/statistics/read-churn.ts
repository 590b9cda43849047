import type { Counted, Database, FileChurn, StatisticsPage } from "@assay/core"
import { inSnapshot } from "../facts/in-snapshot.js"

export interface ChurnQuery extends StatisticsPage {
  repositoryId: number
  snapshot: number
  /** Only commits that were committed then or later. */
  since: Date | undefined
  /** Leave out vendored, generated and documentation files. */
  exclude: boolean
}

/**
 * How often files changed, in relation to their size, after Tornhill's hotspots. Changes before a rename count for the
 * file that the path has become. The largest values, and the 90th percentiles that make the categories, are taken over
 * all files that changed, whatever page is asked for.
 */
export async function readChurn(database: Pick<Database, "query">, query: ChurnQuery): Promise<Counted<FileChurn>> {
  const rows = await database.query<ChurnRow>(
    `with present as (
      select path_id, coalesce(lines, 0) as lines from assay.files
      where repository_id = $1 and ${inSnapshot("files")}
        and not ($4::boolean and (vendored or generated or documentation))
    ), touched as (
      select coalesce(former_paths.current_path_id, changes.path_id) as path_id, commits.id, commits.authored_at,
        sum(coalesce(changes.added, 0) + coalesce(changes.deleted, 0)) as lines_changed
      from assay.changes
      join assay.commits on commits.repository_id = $1 and commits.id = changes.commit_id and ${inSnapshot("commits")}
        and ($3::timestamptz is null or commits.committed_at >= $3)
      left join assay.former_paths on former_paths.repository_id = $1 and former_paths.snapshot = $2
        and former_paths.path_id = changes.path_id
      where changes.repository_id = $1
      group by 1, 2, 3
    ), counted as (
      select path_id, present.lines, count(*) as commits, sum(lines_changed) as lines_changed,
        max(authored_at) as modified_at
      from touched join present using (path_id) group by path_id, present.lines
    ), extremes as (
      select max(commits) as most_commits, max(lines) as most_lines, count(*) as total,
        percentile_disc(0.9) within group (order by commits) as many_commits,
        percentile_disc(0.9) within group (order by lines) as many_lines
      from counted
    )
    select paths.path, commits, lines_changed, lines, modified_at, total,
      100 * sqrt(commits::float8 / most_commits * lines / greatest(most_lines, 1)) as score,
      case when commits >= many_commits and lines >= many_lines then 'hotspot'
        when commits >= many_commits then 'frequent'
        when lines >= many_lines then 'massive'
        else 'stable' end as category
    from counted cross join extremes
    join assay.paths on paths.repository_id = $1 and paths.id = counted.path_id
    order by score desc, commits desc, paths.path limit $5 offset $6`,
    [query.repositoryId, query.snapshot, query.since, query.exclude, query.limit, query.offset],
  )
  const total = rows[0]?.total ?? (query.offset === 0 ? 0 : await countAll(database, query))
  return {
    total,
    items: rows.map((row) => ({
      path: row.path,
      commits: row.commits,
      linesChanged: Number(row.lines_changed),
      score: row.score,
      category: row.category,
      lastModifiedAt: row.modified_at,
    })),
  }
}

/** A page beyond the last one has no row that could say how many there are. */
async function countAll(database: Pick<Database, "query">, query: ChurnQuery): Promise<number> {
  return (await readChurn(database, { ...query, offset: 0, limit: 1 })).total
}

interface ChurnRow {
  path: string
  commits: number
  /** A sum of sums, which PostgreSQL does not fit into a bigint. */
  lines_changed: string
  lines: number
  modified_at: Date
  total: number
  score: number
  category: FileChurn["category"]
}
