import { jobColumns } from "../rows.js"
import { writesEvents } from "./feed.js"
import { now } from "./input-rows.js"

/** What there is to do, before anything is done: one cheap look, because most sweeps find nothing. */
export const lookAround = `
  with clock as materialized (select ${now} as now),
    scheduled as materialized (select min(run_at) as next from assay.jobs where state = 'scheduled'),
    running as materialized (
      select min(lease_until) filter (where lease_until > now) as next,
        count(*) filter (where lease_until <= now) as expired, count(*) as all
      from assay.jobs, clock where state = 'running'
    ),
    queued as materialized (select exists (select from assay.jobs where state = 'queued') as any)
  select scheduled.next <= now as due, running.expired > 0 as expired, queued.any as queued,
    scheduled.next is not null or running.all > 0 or queued.any as unfinished
  from clock, scheduled, running, queued`

export const moveDue = `
  with due as materialized (
    select id, ${now} as now from assay.jobs
    where state = 'scheduled' and run_at <= ${now}
    order by run_at, id limit $2
    for update skip locked
  ), moved as (
    update assay.jobs as jobs set state = 'queued', dispatched_at = null, event_number = event_number + 1
    from due where jobs.id = due.id
    returning ${jobColumns}, now
  ), ${writesEvents}, announced as (
    insert into assay.job_events (job_id, number, tenant, type, state, fence, data, at)
    select id, event_number, tenant, 'job.queued', state, fence, '{}', now from moved cross join feed
  )
  select ${jobColumns} from moved as jobs order by run_at, id`

export const selectUndispatched = `
  select id, queue, priority from assay.jobs
  where state = 'queued'
    and (dispatched_at is null or dispatched_at <= ${now} - $3::float8 * interval '1 millisecond')
    and queue not in (select name from assay.paused_queues)
  order by priority desc, run_at, id limit $2`

export const selectExpired = `
  select ${jobColumns} from assay.jobs
  where state = 'running' and lease_until <= ${now}
  order by lease_until, id limit $2`

/** Until something is due or may expire; the leases of `$2` are known to have expired. */
export const selectNext = `
  select extract(epoch from least(
    (select min(run_at) from assay.jobs where state = 'scheduled'),
    (select min(lease_until) from assay.jobs where state = 'running' and not id = any ($2::text[]))
  ) - ${now})::float8 * 1000 as next_in_ms`
