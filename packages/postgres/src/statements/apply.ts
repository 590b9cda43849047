import { finishedStates } from "@assay/core"
import type { JobChange } from "@assay/core"
import { frequent } from "../frequent.js"
import { jobColumns } from "../rows.js"
import { writesEvents } from "./feed.js"
import { inputRows, jsonText, now } from "./input-rows.js"

const finished = finishedStates.map((state) => `'${state}'`).join(", ")

const input = inputRows<JobChange>({
  job_id: ["text", (change) => change.jobId],
  from_states: ["text", (change) => change.from.join(",")],
  to_state: ["text", (change) => change.to],
  guarded_by: ["int", (change) => change.fence],
  lease_expired: ["boolean", (change) => change.leaseExpired ?? false],
  yields: ["boolean", (change) => change.yieldsToCancel ?? false],
  attempts_delta: ["int", (change) => change.attemptsDelta ?? 0],
  crashes_delta: ["int", (change) => change.crashesDelta ?? 0],
  resets: ["boolean", (change) => change.resets ?? false],
  delay_ms: ["float8", (change) => change.delayMs ?? 0],
  new_stage: ["text", (change) => change.stage],
  new_progress: ["json", (change) => jsonText(change.progress)],
  new_result: ["json", (change) => jsonText(change.result)],
  new_failure: ["json", (change) => jsonText(change.failure)],
  cancels: ["boolean", (change) => change.cancel !== undefined],
  new_cancel_reason: ["text", (change) => change.cancel?.reason],
  ends: ["text", (change) => change.ends],
  event_type: ["text", (change) => change.event?.type],
  event_data: ["json", (change) => jsonText(change.event?.data)],
  step_name: ["text", (change) => change.step?.name],
  step_output: ["json", (change) => jsonText(change.step?.output)],
  rerun_id: ["text", (change) => change.rerunId],
})

/** What the changed row has, where the change does not say otherwise. */
const kept = (column: string): string => `case when not resets then locked.${column} end`

interface Extent {
  guards: string
  effects: string
}

/**
 * Applies many changes, of one job each, in one statement: locks the jobs whose guards hold (in the order of their ids, so
 * that callers who change the same jobs wait for each other in one direction only), changes them, ends attempts and
 * writes events. Returns the changed jobs with their `position`.
 */
const apply = ({ guards, effects }: Extent): string => `
  with input as materialized (
    select * from ${input.from}
  ), locked as materialized (
    select jobs.*, input.*, now.now, yielded, next_state, next_state in (${finished}) as finishes,
      case when yielded then 'job.cancelled' else event_type end as announces
    from input
    join assay.jobs as jobs on jobs.id = input.job_id
    cross join lateral (select ${now} as now) as now
    cross join lateral (select yields and jobs.cancel_requested_at is not null as yielded) as yielded
    cross join lateral (select case when yielded then 'cancelled' else to_state end as next_state) as next_state
    where jobs.state = any (string_to_array(from_states, ','))
      and (guarded_by is null or jobs.fence = guarded_by)
      and (not lease_expired or jobs.lease_until <= ${now})
      ${guards}
    order by jobs.id
    for update of jobs
  ), changed as (
    update assay.jobs as jobs set
      state = next_state,
      attempts = coalesce(${kept("attempts")}, 0) + attempts_delta,
      crashes = coalesce(${kept("crashes")}, 0) + crashes_delta,
      run_at = case next_state
        when 'scheduled' then now + delay_ms * interval '1 millisecond'
        else case when resets then now else locked.run_at end end,
      lease_until = case when next_state = 'running' then locked.lease_until end,
      worker = case when next_state = 'running' then locked.worker end,
      cancel_requested_at = coalesce(${kept("cancel_requested_at")}, case when cancels then now end),
      cancel_reason = coalesce(new_cancel_reason, ${kept("cancel_reason")}),
      rerun_requested = not resets and locked.rerun_requested,
      rerun_input = case when not finishes then locked.rerun_input end,
      rerun_secrets = case when not finishes then locked.rerun_secrets end,
      stage = coalesce(new_stage, ${kept("stage")}),
      progress = coalesce(new_progress, ${kept("progress")}),
      result = coalesce(new_result, ${kept("result")}),
      failure = coalesce(new_failure, case when next_state <> 'succeeded' then ${kept("failure")} end),
      secrets = case when finishes then '{}' else locked.secrets end,
      event_number = locked.event_number + case when announces is null then 0 else 1 end,
      dispatched_at = case when next_state <> 'queued' then locked.dispatched_at end,
      begun = case when ends is null then not resets and locked.begun
        else not finishes and ends in ('deferred', 'released', 'lost') end,
      finished_at = case when finishes then now end
    from locked where jobs.id = locked.id
    returning ${jobColumns}, position, now, yielded, ends, new_failure, announces, event_data,
      step_name, step_output, rerun_id, locked.rerun_input as next_input, locked.rerun_secrets as next_secrets, finishes
  ), ended as (
    update assay.job_attempts as attempts set
      ended_at = now,
      outcome = case when yielded and ends <> 'lost' then 'cancelled' else ends end,
      failure = new_failure
    from changed
    where ends is not null and attempts.job_id = changed.id and attempts.fence = changed.fence
  ), ${writesEvents}, announced as (
    insert into assay.job_events (job_id, number, tenant, type, state, fence, data, at)
    select id, event_number, tenant, announces, state, fence,
      case
        when yielded then json_strip_nulls(json_build_object('reason', cancel_reason))
        when state = 'succeeded' and cancel_requested_at is not null
          then (event_data::jsonb || '{"cancelRequested": true}')::json
        else event_data end,
      now
    from changed cross join feed where announces is not null
  )${effects}
  select ${jobColumns}, position from changed as jobs`

/** Everything that a change can mean. */
const applyAll = apply({
  // A job that is redriven leaves its conflict key to the one that has taken it meanwhile.
  guards: `and not (jobs.state in (${finished}) and exists (
        select from assay.jobs as holder
        where holder.tenant = jobs.tenant and holder.type = jobs.type and holder.conflict_key = jobs.conflict_key
          and holder.conflict_key is not null and holder.state not in (${finished}) and holder.cancel_requested_at is null
      ))`,
  effects: `, remembered as (
    insert into assay.job_steps (job_id, name, tenant, output, fence, at)
    select id, step_name, tenant, step_output, fence, now from changed where step_name is not null
    on conflict (job_id, name) do update set output = excluded.output, fence = excluded.fence, at = excluded.at
  ), following as (
    insert into assay.jobs as jobs (
      id, tenant, type, queue, input, repository_id, priority, conflict_key, exclusive_key, limit_key,
      timeout_ms, state, max_attempts, max_crashes, run_at, secrets, event_number, created_at
    )
    select rerun_id, tenant, type, queue, next_input, repository_id, priority, conflict_key, exclusive_key, limit_key,
      timeout_ms, 'queued', max_attempts, max_crashes, now, next_secrets, 1, now
    from changed where finishes and rerun_id is not null and next_input is not null
    on conflict do nothing
    returning id, tenant, created_at
  ), followed as (
    insert into assay.job_events (job_id, number, tenant, type, state, fence, data, at)
    select id, 1, tenant, 'job.queued', 'queued', 0, '{}', created_at from following cross join feed
  )`,
})

/** What nearly all changes need: no step, no redrive, and of jobs that no other one follows. Half as long to plan. */
const applyPlain = apply({ guards: "and (rerun_id is null or jobs.rerun_input is null)", effects: "" })

export const applyStatement = {
  all: frequent("apply_all", applyAll),
  plain: frequent("apply_plain", applyPlain),
  isPlain: (change: JobChange): boolean => change.step === undefined && change.resets === undefined,
  values: (changes: readonly JobChange[], time: Date | undefined): unknown[] => [time, ...input.values(changes)],
}
