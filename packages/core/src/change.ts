import type { AttemptOutcome, JobFailure, JobId, JobProgress, Json, Lease } from "./job.js"
import { newJobId } from "./job-id.js"
import type { JobEventData, JobEventType } from "./events.js"
import { transitions } from "./lifecycle.js"
import type { JobState, Transition, TransitionName } from "./lifecycle.js"

/**
 * A legal transition with its facts: everything a store needs in order to apply it without knowing what it means.
 * Made by the functions of this file only.
 */
export interface JobChange {
  readonly jobId: JobId
  readonly transition: TransitionName
  /** Guard: the job is in one of these states. */
  readonly from: readonly JobState[]
  readonly to: JobState
  /** Guard, when present: the job has this fence. */
  readonly fence?: number
  /** Guard, when true: the lease lies in the past, by the store's clock. */
  readonly leaseExpired?: true
  /**
   * When true and a cancel was requested: the job goes to `cancelled`, its attempt ends as `cancelled` (unless it ends as
   * `lost`), and `job.cancelled` is announced instead of `event`, with the cancel's reason. The other facts hold.
   */
  readonly yieldsToCancel?: true

  /** Added to the job's `attempts`. */
  readonly attemptsDelta?: -1
  /** Added to the job's `crashes`. */
  readonly crashesDelta?: 1
  /** Attempts, crashes, failure, result, cancel request, rerun request, stage and progress start afresh. */
  readonly resets?: true
  /** For `to: "scheduled"`: due this long from now. */
  readonly delayMs?: number
  readonly stage?: string
  readonly progress?: JobProgress
  readonly step?: { readonly name: string; readonly output: Json }
  readonly result?: Json
  readonly failure?: JobFailure
  /** Present on `cancel` and `requestCancel`: sets `cancelRequestedAt`, if it is not set, and the reason, if given. */
  readonly cancel?: { readonly reason?: string }

  /** Ends the attempt of the job's current fence with this outcome (and `failure`). */
  readonly ends?: AttemptOutcome
  /** Announced. When a job succeeds although a cancel was requested, its data also says `cancelRequested: true`. */
  readonly event?: { readonly type: JobEventType; readonly data: JobEventData }
  /**
   * If a rerun was requested while the job ran, and the job is finished by this change, a job with this id, the requested
   * input and secrets, no idempotency key, and everything else as in the original is queued in the same transaction,
   * unless another unfinished job took the conflict key meanwhile. The finished job that is
   * returned still says `rerunRequested`, which is how the caller knows whom to ring for.
   */
  readonly rerunId?: JobId
}

export const completed = (lease: Lease, result: Json | undefined): JobChange =>
  change("complete", lease, { ...(result === undefined ? {} : { result }), rerunId: newJobId() })

export const retryLater = (lease: Lease, failure: JobFailure, delayMs: number): JobChange =>
  change("retry", lease, { failure, delayMs, data: { failure, delayMs } })

export const deferred = (lease: Lease, delayMs: number): JobChange =>
  change("defer", lease, { delayMs, attemptsDelta: -1, data: { delayMs } })

export const failed = (lease: Lease, failure: JobFailure): JobChange =>
  change("fail", lease, { failure, data: { failure }, rerunId: newJobId() })

export const released = (lease: Lease): JobChange => change("release", lease, { attemptsDelta: -1 })

export const lost = (lease: Lease): JobChange =>
  change("lose", lease, { leaseExpired: true, attemptsDelta: -1, crashesDelta: 1 })

export const crashed = (lease: Lease, failure: JobFailure): JobChange =>
  change("crash", lease, {
    leaseExpired: true,
    attemptsDelta: -1,
    crashesDelta: 1,
    failure,
    data: { failure },
    rerunId: newJobId(),
  })

export const cancelAcknowledged = (lease: Lease, reason?: string): JobChange =>
  change("acknowledgeCancel", lease, { data: reason === undefined ? {} : { reason } })

export const cancelled = (jobId: JobId, reason?: string): JobChange => change("cancel", { jobId }, cancelFacts(reason))

export const cancelRequested = (jobId: JobId, reason?: string): JobChange =>
  change("requestCancel", { jobId }, cancelFacts(reason))

export const redriven = (jobId: JobId): JobChange => change("redrive", { jobId }, { resets: true })

/** The progress of the stage before says nothing about this one. */
export const stageEntered = (lease: Lease, stage: string): JobChange =>
  change("stage", lease, { stage, progress: { done: 0 }, data: { stage } })

export const progressMade = (lease: Lease, progress: JobProgress): JobChange => change("progress", lease, { progress })

export const stepDone = (lease: Lease, name: string, output: Json): JobChange =>
  change("step", lease, { step: { name, output } })

/** Changes nothing; inside a transaction it makes sure that the attempt still owns the job until the commit. */
export const held = (lease: Lease): JobChange => change("hold", lease, {})

function cancelFacts(reason: string | undefined): Facts {
  return reason === undefined ? { cancel: {} } : { cancel: { reason }, data: { reason } }
}

type Facts = Omit<JobChange, "jobId" | "transition" | "from" | "to" | "fence" | "ends" | "event" | "yieldsToCancel"> & {
  data?: JobEventData
}

function change(name: TransitionName, target: { jobId: JobId; fence?: number }, facts: Facts): JobChange {
  const transition: Transition = transitions[name]
  const { data, ...rest } = facts
  return {
    jobId: target.jobId,
    transition: name,
    from: transition.from,
    to: transition.to,
    ...(transition.guard && target.fence !== undefined ? { fence: target.fence } : {}),
    ...(transition.ends ? { ends: transition.ends } : {}),
    ...(transition.yieldsToCancel ? { yieldsToCancel: true } : {}),
    ...(transition.event ? { event: { type: transition.event, data: data ?? {} } } : {}),
    ...rest,
  }
}
