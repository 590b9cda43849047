import type { NewJob } from "@assay/core"
import { frequent } from "../frequent.js"
import { jobColumns } from "../rows.js"
import { writesEvents } from "./feed.js"
import { inputRows, jsonText, now } from "./input-rows.js"

const input = inputRows<NewJob>({
  id: ["text", (job) => job.id],
  tenant: ["text", (job) => job.tenant],
  type: ["text", (job) => job.type],
  queue: ["text", (job) => job.queue],
  input: ["json", (job) => jsonText(job.input)],
  repository_id: ["bigint", (job) => job.repositoryId],
  priority: ["bigint", (job) => job.priority],
  conflict_key: ["text", (job) => job.conflictKey],
  exclusive_key: ["text", (job) => job.exclusiveKey],
  idempotency_key: ["text", (job) => job.idempotencyKey],
  max_attempts: ["int", (job) => job.maxAttempts],
  max_crashes: ["int", (job) => job.maxCrashes],
  delay_ms: ["float8", (job) => job.delayMs],
  secrets: ["json", (job) => jsonText(job.secrets)],
})

/**
 * Adds those jobs whose keys are free, each with its first event, and returns them. In the order of their keys, so that two
 * callers with the same keys wait for each other in one direction only.
 */
const insertJobs = `
  with input as materialized (
    select input.*, ${now} as now from ${input.from}
  ), added as (
    insert into assay.jobs as jobs (
      id, tenant, type, queue, input, repository_id, priority, conflict_key, exclusive_key, idempotency_key,
      state, max_attempts, max_crashes, run_at, secrets, event_number, created_at
    )
    select
      id, tenant, type, queue, input, repository_id, priority, conflict_key, exclusive_key, idempotency_key,
      case when delay_ms > 0 then 'scheduled' else 'queued' end, max_attempts, max_crashes,
      now + delay_ms * interval '1 millisecond', secrets, 1, now
    from input
    order by idempotency_key, conflict_key, position
    on conflict do nothing
    returning ${jobColumns}
  ), ${writesEvents}, announced as (
    insert into assay.job_events (job_id, number, tenant, type, state, fence, data, at)
    select added.id, 1, added.tenant, 'job.' || added.state, added.state, 0,
      case when delay_ms > 0 then json_build_object('delayMs', delay_ms) else '{}' end, created_at
    from added join input using (id) cross join feed
    order by position
  )
  select * from added`

export const insertJobsStatement = {
  text: frequent("enqueue", insertJobs),
  values: (jobs: readonly NewJob[], time: Date | undefined): unknown[] => [time, ...input.values(jobs)],
}

/** Of one tenant and type, whatever its state. */
export const selectByIdempotencyKey = `
  select ${jobColumns} from assay.jobs where tenant = $1 and type = $2 and idempotency_key = $3`

/** The unfinished job that has the key and was not asked to stop. Waits for whoever is changing it. */
export const lockByConflictKey = `
  select ${jobColumns} from assay.jobs
  where tenant = $1 and type = $2 and conflict_key = $3
    and state not in ('succeeded', 'failed', 'cancelled') and cancel_requested_at is null
  for update`

/**
 * Until the transaction ends, nobody else cancels the jobs of this key: of two who do so at once, neither would see the
 * job that the other is adding. Taken before any row is locked, so that two such callers wait in one direction only.
 */
export const waitForExclusiveKey = `
  select pg_advisory_xact_lock(hashtextextended('assay.preempt ' || $1 || ' ' || $2, 0))`

/** All other unfinished jobs that have the exclusive key and were not asked to stop. */
export const selectRivals = `
  select ${jobColumns} from assay.jobs
  where tenant = $1 and exclusive_key = $2 and id <> $3
    and state not in ('succeeded', 'failed', 'cancelled') and cancel_requested_at is null
  order by id`

export const lockRivals = `${selectRivals} for update`

/** Notes what the job that follows this one is given. */
export const noteRerun = `
  update assay.jobs set rerun_requested = true, rerun_input = $2, rerun_secrets = $3
  where id = $1 and state = 'running'
  returning ${jobColumns}`
