import type { BusFactor, Database } from "@assay/core"
import { inSnapshot } from "../facts/in-snapshot.js"

export interface BusFactorQuery {
  repositoryId: number
  snapshot: number
  threshold: number
  /** Only commits that were committed then or later. */
  since: Date | undefined
  /** Leave out vendored, generated and documentation files. */
  exclude: boolean
}

const leastShown = 10

/**
 * The fewest people that own `threshold` of the files. Who added most lines to a file, under all the names it had, owns
 * it; of two that added equally many, the one whose address comes first. Programs own nothing.
 */
export async function readBusFactor(database: Pick<Database, "query">, query: BusFactorQuery): Promise<BusFactor> {
  const { threshold } = query
  const rows = await database.query<OwnerRow>(
    `with present as (
      select path_id from assay.files where repository_id = $1 and ${inSnapshot("files")}
        and not ($4::boolean and (vendored or generated or documentation))
    ), contributed as (
      select coalesce(former_paths.current_path_id, changes.path_id) as path_id, people.person_id,
        sum(changes.added) as added
      from assay.changes
      join assay.commits on commits.repository_id = $1 and commits.id = changes.commit_id and ${inSnapshot("commits")}
        and ($3::timestamptz is null or commits.committed_at >= $3)
      join assay.people on people.repository_id = $1 and people.snapshot = $2
        and people.identity_id = commits.author_id
      left join assay.former_paths on former_paths.repository_id = $1 and former_paths.snapshot = $2
        and former_paths.path_id = changes.path_id
      where changes.repository_id = $1 and changes.added > 0
      group by 1, 2
    ), owned as (
      select distinct on (path_id) path_id, person_id, contributors.name, contributors.email
      from contributed join present using (path_id)
      join assay.contributors using (person_id)
      where contributors.repository_id = $1 and contributors.snapshot = $2 and not contributors.bot
      order by path_id, contributed.added desc, contributors.email
    ), ranked as (
      select name, email, files, row_number() over ranking as rank, sum(files) over () as total,
        sum(files) over ranking as covered
      from (select name, email, count(*) as files from owned group by person_id, name, email) as owners
      window ranking as (order by files desc, email rows unbounded preceding)
    ), needed as (
      select count(*) as people from ranked where covered - files < $5::numeric * total
    )
    select name, email, files, total::int as total, needed.people as bus_factor
    from ranked cross join needed where rank <= greatest(needed.people, ${leastShown}) order by rank`,
    [query.repositoryId, query.snapshot, query.since, query.exclude, threshold],
  )
  const busFactor = rows[0]?.bus_factor ?? 0
  const totalFiles = rows[0]?.total ?? 0
  return {
    busFactor,
    threshold,
    totalFiles,
    topContributors: rows.map(({ name, email, files }) => ({
      name,
      email,
      filesOwned: files,
      share: files / totalFiles,
    })),
    riskLevel: riskLevel(busFactor),
  }
}

function riskLevel(busFactor: number): BusFactor["riskLevel"] {
  if (busFactor === 0) return "unknown"
  if (busFactor === 1) return "high"
  return busFactor <= 3 ? "medium" : "low"
}

interface OwnerRow {
  name: string
  email: string
  files: number
  total: number
  bus_factor: number
}
