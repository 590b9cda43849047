import type { Database, JobId, PruneRequest } from "@assay/core"
import { now } from "./statements/input-rows.js"

export async function pruneJobs(database: Database, request: PruneRequest, time: Date | undefined): Promise<number> {
  const values = [time, request.keepMs, request.keepJobs, request.limit]
  return (await database.query(deleteExcluded, values)).length
}

export async function discardJobs(database: Database, jobIds: readonly JobId[]): Promise<JobId[]> {
  if (jobIds.length === 0) return []
  return (await database.query<{ id: JobId }>(deleteParked, [jobIds])).map(({ id }) => id)
}

const deleteExcluded = `
  with ranked as (
    select id, tenant, repository_id, finished_at,
      row_number() over (partition by tenant order by finished_at desc, id desc) as rank
    from assay.jobs where state in ('succeeded', 'failed', 'cancelled')
  ), excluded as (
    select id from ranked
    where (finished_at < ${now} - $2::float8 * interval '1 millisecond' or rank > $3::bigint)
      and (repository_id is null or exists (
        select from assay.jobs as newer
        where newer.repository_id = ranked.repository_id and newer.tenant = ranked.tenant and newer.id > ranked.id
      ))
    order by finished_at limit $4
  )
  delete from assay.jobs as jobs using excluded
  where jobs.id = excluded.id and jobs.state in ('succeeded', 'failed', 'cancelled') returning jobs.id`

const deleteParked =
  "delete from assay.jobs where id = any ($1::text[]) and state in ('failed', 'cancelled') returning id"
