import type { ClaimRequest } from "@assay/core"
import { frequent } from "../frequent.js"
import { jobColumns } from "../rows.js"
import { writesEvents } from "./feed.js"
import { now } from "./input-rows.js"

/**
 * A job of an exclusive key has to wait for the one that runs, and for a better one that this statement could take as
 * well: of several that wait for the same key, the best is the candidate.
 */
const isNext = (reach: string): string => `
  (jobs.exclusive_key is null or not exists (
    select from assay.jobs as rival
    where rival.tenant = jobs.tenant and rival.exclusive_key = jobs.exclusive_key and rival.exclusive_key is not null
      and rival.state not in ('succeeded', 'failed', 'cancelled') and rival.id <> jobs.id
      and (rival.state = 'running' or (
        rival.state = 'queued' and rival.queue = $2 and rival.type = any ($3::text[])
        and rival.cancel_requested_at is null ${reach}
        and (-rival.priority, rival.run_at, rival.id) < (-jobs.priority, jobs.run_at, jobs.id)
      ))
  ))`

const claim = (candidates: string): string => `
  with candidates as materialized (
    select jobs.id, ${now} as now from assay.jobs as jobs
    where jobs.state = 'queued' and jobs.queue = $2
      and not exists (select from assay.queues where name = $2 and paused) and jobs.type = any ($3::text[])
      and jobs.cancel_requested_at is null ${candidates}
  ), claimed as (
    update assay.jobs as jobs set
      state = 'running', fence = fence + 1, attempts = attempts + 1, event_number = event_number + 1,
      lease_until = now + $6::float8 * interval '1 millisecond', worker = $5, started_at = coalesce(started_at, now)
    from candidates where jobs.id = candidates.id
    returning ${jobColumns}, now
  ), tried as (
    insert into assay.job_attempts (job_id, fence, tenant, worker, started_at)
    select id, fence, tenant, worker, now from claimed
  ), ${writesEvents}, announced as (
    insert into assay.job_events (job_id, number, tenant, type, state, fence, data, at)
    select id, event_number, tenant, 'job.started', state, fence, json_build_object('worker', worker), now
    from claimed cross join feed
  )
  select ${jobColumns} from claimed as jobs order by priority desc, run_at, id`

/** Passes over jobs that somebody else has locked: most likely they are being claimed. */
export const claimBest = frequent(
  "claim_best",
  claim(`
      and ${isNext("")}
    order by jobs.priority desc, jobs.run_at, jobs.id limit $4
    for update of jobs skip locked`),
)

/**
 * Among the jobs of `$7`. Waits for those that somebody else has locked, in the order of their ids: whoever it is may end
 * up not claiming them, and the bell that was rung for them would be lost.
 */
export const claimNamed = frequent(
  "claim_named",
  claim(`
      and jobs.id = any ($7::text[]) and ${isNext("and rival.id = any ($7::text[])")}
    order by jobs.id limit $4
    for update of jobs`),
)

export function claimValues(request: Omit<ClaimRequest, "prefer">, time: Date | undefined): unknown[] {
  return [time, request.queue, request.types, request.limit, request.worker, request.leaseMs]
}
