import { finishedStates } from "@assay/core"
import { now } from "./input-rows.js"

const finished = finishedStates.map((state) => `'${state}'`).join(", ")

/**
 * Forgets up to `$4` finished jobs: those that finished `$2` milliseconds ago or longer, and all but the last `$3` of a
 * tenant; not the newest job of a repository. A tenant's jobs are looked through by the time they finished, so that
 * both limits are one: up to a moment, all of them go.
 *
 * Rows that somebody has locked are being redriven or forgotten by another process.
 */
export const pruneJobs = `
  with recursive tenants as (
    (select tenant from assay.jobs where state in (${finished}) order by tenant limit 1)
    union all
    select (
      select jobs.tenant from assay.jobs as jobs
      where jobs.state in (${finished}) and jobs.tenant > tenants.tenant order by jobs.tenant limit 1
    ) from tenants where tenants.tenant is not null
  ), bounds as materialized (
    select tenant, ${now} - $2::float8 * interval '1 millisecond' as before, last.finished_at as last_at, last.id as last_id
    from tenants
    left join lateral (
      select jobs.finished_at, jobs.id from assay.jobs as jobs
      where $3::bigint is not null and jobs.tenant = tenants.tenant and jobs.state in (${finished})
      order by jobs.finished_at desc, jobs.id desc offset $3::bigint limit 1
    ) as last on true
    where tenant is not null
  ), doomed as materialized (
    select found.id from bounds cross join lateral (
      select jobs.id from assay.jobs as jobs
      where jobs.tenant = bounds.tenant and jobs.state in (${finished})
        and (jobs.finished_at < before or (jobs.finished_at, jobs.id) <= (last_at, last_id))
        and jobs.finished_at <= greatest(before, last_at)
        and (jobs.repository_id is null or exists (
          select from assay.jobs as newer
          where newer.repository_id = jobs.repository_id and newer.tenant = jobs.tenant and newer.id > jobs.id
        ))
      order by jobs.finished_at, jobs.id limit $4
      for update of jobs skip locked
    ) as found
    limit $4
  ), forgotten as (
    delete from assay.jobs where id in (select id from doomed) returning id
  )
  select count(*) as count from forgotten`

/** In the order of the ids, so that two who discard the same wait for each other in one direction only. */
export const discardJobs = `
  with doomed as materialized (
    select id from assay.jobs where id = any ($1::text[]) and state in ('failed', 'cancelled') order by id for update
  )
  delete from assay.jobs where id in (select id from doomed) returning id`
