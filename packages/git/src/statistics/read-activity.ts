import type { Database, DayActivity } from "@assay/core"
import { inSnapshot } from "../facts/in-snapshot.js"

export interface ActivityQuery {
  repositoryId: number
  snapshot: number
  /** The last day, in UTC. */
  until: Date
}

/** Non-merge commits per day of the author's time, in UTC, for `days` days. */
export async function readDays(
  database: Pick<Database, "query">,
  query: ActivityQuery & { days: number },
): Promise<DayActivity[]> {
  const rows = await readBuckets(database, { ...query, unit: "day", count: query.days })
  return rows.map(({ start, commits }) => ({ date: start, count: commits, level: levelOf(commits) }))
}

export interface WeekActivity {
  /** The Monday, as in `2026-11-16`. */
  readonly start: string
  /** Non-merge commits. */
  readonly commits: number
}

/** Non-merge commits per week of the author's time, from Monday to Sunday in UTC, for `weeks` weeks. */
export function readWeeks(
  database: Pick<Database, "query">,
  query: ActivityQuery & { weeks: number },
): Promise<WeekActivity[]> {
  return readBuckets(database, { ...query, unit: "week", count: query.weeks })
}

async function readBuckets(
  database: Pick<Database, "query">,
  query: ActivityQuery & { unit: "day" | "week"; count: number },
): Promise<WeekActivity[]> {
  return database.query<WeekActivity>(
    `with range as (
      select date_trunc($3, $4::timestamptz at time zone 'UTC') as last, ('1 ' || $3)::interval as step
    ), counted as (
      select date_trunc($3, authored_at at time zone 'UTC') as start, count(*) as commits
      from assay.commits cross join range
      where repository_id = $1 and not merge and ${inSnapshot("commits")}
        and authored_at >= (last - ($5::int - 1) * step) at time zone 'UTC'
        and authored_at < (last + step) at time zone 'UTC'
      group by 1
    )
    select to_char(bucket, 'YYYY-MM-DD') as start, coalesce(counted.commits, 0)::int as commits
    from range cross join generate_series(0, $5::int - 1) as number
    cross join lateral (select last - ($5::int - 1 - number) * step as bucket) as buckets
    left join counted on counted.start = bucket
    order by bucket`,
    [query.repositoryId, query.snapshot, query.unit, query.until, query.count],
  )
}

function levelOf(commits: number): DayActivity["level"] {
  if (commits === 0) return 0
  if (commits <= 2) return 1
  if (commits <= 5) return 2
  return commits <= 10 ? 3 : 4
}
