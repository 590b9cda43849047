import type { JobChange } from "../change.js"
import type { JobEvent, JobEventData, JobEventType } from "../events.js"
import type { Attempt, AttemptOutcome, Job, JobId, Json, NewJob } from "../job.js"
import { isFinished } from "../lifecycle.js"
import { overdueAfterMs } from "../store.js"

/** All that is remembered of one job. Never altered, only replaced, so that a copy of the map is a copy of everything. */
export interface JobRow {
  readonly job: Job
  readonly dispatchedAt: Date | undefined
  /** Its last attempt has deferred, was released or was lost: it keeps its place among those in progress. */
  readonly begun: boolean
  /** What the job that follows this one is given, if one was asked for. */
  readonly rerun: { readonly input: Json; readonly secrets: Readonly<Record<string, string>> } | undefined
  readonly attempts: readonly Attempt[]
  readonly events: readonly JobEvent[]
  readonly steps: ReadonlyMap<string, Json>
}

export function newRow(job: Omit<NewJob, "onConflict" | "preempts">, now: Date): JobRow {
  const { delayMs, ...given } = job
  const row: JobRow = {
    job: {
      ...given,
      repositoryId: job.repositoryId,
      conflictKey: job.conflictKey,
      exclusiveKey: job.exclusiveKey,
      idempotencyKey: job.idempotencyKey,
      limitKey: job.limitKey,
      state: delayMs > 0 ? "scheduled" : "queued",
      fence: 0,
      attempts: 0,
      crashes: 0,
      runAt: new Date(now.getTime() + delayMs),
      leaseUntil: undefined,
      worker: undefined,
      cancelRequestedAt: undefined,
      cancelReason: undefined,
      rerunRequested: false,
      stage: undefined,
      progress: undefined,
      result: undefined,
      failure: undefined,
      eventNumber: 0,
      createdAt: now,
      startedAt: undefined,
      finishedAt: undefined,
    },
    dispatchedAt: undefined,
    begun: false,
    rerun: undefined,
    attempts: [],
    events: [],
    steps: new Map(),
  }
  const type = delayMs > 0 ? "job.scheduled" : "job.queued"
  return announce(row, { type, data: delayMs > 0 ? { delayMs } : {} }, now)
}

/** The job that follows one that was asked to run once more. */
export function rerunRow(finished: JobRow, id: JobId, now: Date): JobRow {
  const { repositoryId, conflictKey, exclusiveKey, limitKey, ...job } = finished.job
  const { tenant, type, queue, priority, maxAttempts, maxCrashes, timeoutMs } = job
  return newRow(
    {
      ...{ id, tenant, type, queue, priority, maxAttempts, maxCrashes, timeoutMs, delayMs: 0 },
      ...(repositoryId === undefined ? {} : { repositoryId }),
      ...(conflictKey === undefined ? {} : { conflictKey }),
      ...(exclusiveKey === undefined ? {} : { exclusiveKey }),
      ...(limitKey === undefined ? {} : { limitKey }),
      ...(finished.rerun ?? { input: job.input, secrets: {} }),
    },
    now,
  )
}

/** The row after `change`, or `undefined` when a guard does not hold. */
export function changedRow(row: JobRow, change: JobChange, now: Date): JobRow | undefined {
  const { job } = row
  if (!change.from.includes(job.state)) return undefined
  if (change.fence !== undefined && change.fence !== job.fence) return undefined
  if (change.leaseExpired && !isExpired(job, now)) return undefined

  const cancelWanted = job.cancelRequestedAt !== undefined
  const yields = change.yieldsToCancel === true && cancelWanted
  const state = yields ? "cancelled" : change.to
  const finished = isFinished(state)
  const base = change.resets ? { ...job, ...freshFacts } : job
  const outcome = yields && change.ends !== "lost" ? "cancelled" : change.ends
  const failure = change.failure ?? (state === "succeeded" ? undefined : base.failure)

  const after: Job = {
    ...base,
    state,
    attempts: base.attempts + (change.attemptsDelta ?? 0),
    crashes: base.crashes + (change.crashesDelta ?? 0),
    runAt: state === "scheduled" ? later(now, change.delayMs ?? 0) : change.resets ? now : job.runAt,
    leaseUntil: state === "running" ? job.leaseUntil : undefined,
    worker: state === "running" ? job.worker : undefined,
    stage: change.stage ?? base.stage,
    progress: change.progress ?? base.progress,
    result: change.result ?? base.result,
    failure,
    cancelRequestedAt: base.cancelRequestedAt ?? (change.cancel ? now : undefined),
    cancelReason: change.cancel?.reason ?? base.cancelReason,
    finishedAt: finished ? now : undefined,
    secrets: finished ? {} : job.secrets,
  }
  const next: JobRow = {
    ...row,
    job: after,
    dispatchedAt: state === "queued" ? undefined : row.dispatchedAt,
    begun: change.ends ? !finished && keepsPlace(change.ends) : !change.resets && row.begun,
    rerun: finished ? undefined : row.rerun,
    attempts: change.ends ? endAttempt(row, { endedAt: now, outcome, failure: change.failure }) : row.attempts,
    steps: change.step ? new Map(row.steps).set(change.step.name, change.step.output) : row.steps,
  }
  if (yields) {
    const reason = job.cancelReason
    return announce(next, { type: "job.cancelled", data: reason === undefined ? {} : { reason } }, now)
  }
  if (!change.event) return next
  const late = state === "succeeded" && cancelWanted ? { cancelRequested: true } : {}
  return announce(next, { type: change.event.type, data: { ...change.event.data, ...late } }, now)
}

export function claimedRow(row: JobRow, by: { worker: string; leaseMs: number }, now: Date): JobRow {
  const { worker, leaseMs } = by
  const fence = row.job.fence + 1
  const next: JobRow = {
    ...row,
    job: {
      ...row.job,
      state: "running",
      fence,
      attempts: row.job.attempts + 1,
      leaseUntil: later(now, leaseMs),
      worker,
      startedAt: row.job.startedAt ?? now,
    },
    attempts: [
      ...row.attempts,
      { jobId: row.job.id, fence, worker, startedAt: now, endedAt: undefined, outcome: undefined, failure: undefined },
    ],
  }
  return announce(next, { type: "job.started", data: { worker } }, now)
}

/** The row with its lease extended, but not beyond what its attempt may take. */
export function heldRow(row: JobRow, leaseMs: number, now: Date): JobRow {
  const startedAt = row.attempts.at(-1)?.startedAt ?? now
  const restMs = startedAt.getTime() + row.job.timeoutMs + overdueAfterMs - now.getTime()
  return { ...row, job: { ...row.job, leaseUntil: later(now, Math.min(leaseMs, restMs)) } }
}

export function dueRow(row: JobRow, now: Date): JobRow {
  const queued: JobRow = { ...row, job: { ...row.job, state: "queued" }, dispatchedAt: undefined }
  return announce(queued, { type: "job.queued", data: {} }, now)
}

/** Whether a job waits and is in progress all the same. */
export function isBegun({ job, begun }: JobRow): boolean {
  return begun && (job.state === "scheduled" || job.state === "queued")
}

function keepsPlace(outcome: AttemptOutcome): boolean {
  return outcome === "deferred" || outcome === "released" || outcome === "lost"
}

export function isExpired(job: Job, now: Date): boolean {
  return job.leaseUntil !== undefined && job.leaseUntil <= now
}

export function later(now: Date, ms: number): Date {
  return new Date(now.getTime() + ms)
}

const freshFacts = {
  attempts: 0,
  crashes: 0,
  failure: undefined,
  result: undefined,
  cancelRequestedAt: undefined,
  cancelReason: undefined,
  rerunRequested: false,
  stage: undefined,
  progress: undefined,
} as const

function endAttempt(row: JobRow, end: Pick<Attempt, "endedAt" | "outcome" | "failure">): readonly Attempt[] {
  return row.attempts.map((attempt) => (attempt.fence === row.job.fence ? { ...attempt, ...end } : attempt))
}

function announce(row: JobRow, facts: { type: JobEventType; data: JobEventData }, now: Date): JobRow {
  const { id, tenant, state, fence } = row.job
  const number = row.job.eventNumber + 1
  const event: JobEvent = { number, jobId: id, tenant, state, fence, at: now, ...facts }
  return { ...row, job: { ...row.job, eventNumber: number }, events: [...row.events, event] }
}
