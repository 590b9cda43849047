import { overdueAfterMs } from "@assay/core"
import type { Lease } from "@assay/core"
import { frequent } from "../frequent.js"
import { inputRows, now } from "./input-rows.js"

const leases = inputRows<Lease>({
  job_id: ["text", (lease) => lease.jobId],
  fence: ["int", (lease) => lease.fence],
})

/**
 * Returns the positions of the leases that are held, and whether their jobs were asked to stop. A lease ends with the time
 * that its attempt may take.
 */
const extendLeases = `
  with input as materialized (
    select * from ${leases.from}
  ), held as materialized (
    select jobs.id, jobs.fence, ${now} as now
    from assay.jobs as jobs
    where jobs.id in (select job_id from input) and jobs.state = 'running'
      and exists (select from input where input.job_id = jobs.id and input.fence = jobs.fence)
    order by jobs.id
    for update of jobs
  ), extended as (
    update assay.jobs as jobs set lease_until = least(
      now + $${leases.nextParameter}::float8 * interval '1 millisecond',
      attempts.started_at + (timeout_ms + ${overdueAfterMs}) * interval '1 millisecond'
    )
    from held join assay.job_attempts as attempts on attempts.job_id = held.id and attempts.fence = held.fence
    where jobs.id = held.id
    returning jobs.id, jobs.fence, jobs.cancel_requested_at is not null as cancel_requested
  )
  select position, cancel_requested from extended join input on input.job_id = extended.id and input.fence = extended.fence`

export const heartbeatStatement = {
  text: frequent("heartbeat", extendLeases),
  values: (held: readonly Lease[], leaseMs: number, time: Date | undefined): unknown[] => [
    time,
    ...leases.values(held),
    leaseMs,
  ],
}

/** A row that is locked is being claimed or changed, and needs no mark. */
export const markDispatched = frequent(
  "dispatched",
  `
  update assay.jobs set dispatched_at = ${now}
  where id in (
    select id from assay.jobs where id = any ($2::text[]) and state = 'queued' for update skip locked
  )`,
)

/** What was running when a database that nobody else can have open was opened died with the process that had it open. */
export const expireLeases = `update assay.jobs set lease_until = ${now} where state = 'running' and lease_until > ${now}`
