/**
 * The nouns. Everything in Assay is said with these words, in code, SQL, routes, events and documents:
 *
 * - *job*: one unit of work, usually on one repository
 * - *definition*: what a kind of job is (type, input, policy); *handler*: the code that performs it
 * - *attempt*: one try of a job; *lease*: the time-limited right of an attempt to work
 * - *fence*: a per-job integer that grows with each attempt; every write of an attempt carries it
 * - *transition*: a legal change of state; *event*: a transition or stage, announced and numbered
 * - *stage*: what a running job is doing now, for people; *progress*: how far it is
 * - *step*: a memoised part of a handler, not repeated after a crash
 * - *store*: remembers; *queue*: rings; *notifier*: tells other processes that there is something to read
 * - *client*: asks for work; *worker*: does it; *runtime*: client + worker + recovery
 */
import type { JobState } from "./lifecycle.js"

/** `job_` and 26 characters of Crockford base 32: sorts by the time it was made, safe in URLs and file names. */
export type JobId = `job_${string}`

/** What survives `JSON.stringify`. Inputs, results and step outputs are this. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

export interface Job {
  readonly id: JobId
  /** Whose job it is. `"default"` unless the host serves several parties from one store. */
  readonly tenant: string
  /** Dotted and stable for ever: `repository.index`. */
  readonly type: string
  /** The bell that is rung for it. `"default"` unless the definition names another. */
  readonly queue: string
  readonly input: Json
  readonly repositoryId: number | undefined
  /** Of the queued jobs a worker may run, the highest priority is claimed first, then the oldest. Default 0. */
  readonly priority: number
  /** At most one unfinished job per type and key; what a second one does is the definition's `onConflict`. */
  readonly conflictKey: string | undefined
  /** At most one *running* job per key, of whatever type. */
  readonly exclusiveKey: string | undefined
  readonly idempotencyKey: string | undefined
  /** Running jobs of one type that share it are counted together against the definition's `limits.perKey`. */
  readonly limitKey: string | undefined
  /** For one attempt, in milliseconds. */
  readonly timeoutMs: number

  readonly state: JobState
  /** 0 until first claimed; grows by one with each claim, never shrinks. */
  readonly fence: number
  /** Attempts spent since the last redrive. A deferred, released or lost attempt gives its share back. */
  readonly attempts: number
  readonly maxAttempts: number
  /** Attempts whose worker was not heard of again, counted apart from failures. */
  readonly crashes: number
  readonly maxCrashes: number
  /** When a scheduled job becomes due; for others, when they became claimable first, since the last redrive. */
  readonly runAt: Date
  readonly leaseUntil: Date | undefined
  /** The worker that holds the lease. */
  readonly worker: string | undefined
  readonly cancelRequestedAt: Date | undefined
  readonly cancelReason: string | undefined
  /** A coalesced request arrived while it ran: one more job follows when this one succeeds or fails. */
  readonly rerunRequested: boolean

  readonly stage: string | undefined
  readonly progress: JobProgress | undefined
  readonly result: Json | undefined
  /** Why the last attempt, or the job, failed. */
  readonly failure: JobFailure | undefined
  /** Sealed; dropped when the job finishes. Never part of what leaves the process. */
  readonly secrets: Readonly<Record<string, string>>
  /** The number of its latest event: 1, 2, 3 … without gaps. */
  readonly eventNumber: number

  readonly createdAt: Date
  /** When the first attempt was claimed. */
  readonly startedAt: Date | undefined
  readonly finishedAt: Date | undefined
}

/** How far a running job is. `total` is unknown until the handler knows it. */
export interface JobProgress {
  readonly done: number
  readonly total?: number
  /** What is counted: `commits`, `bytes`. */
  readonly unit?: string
}

/** Why something failed, fit for the eyes of a stranger: no secrets, no stack. */
export interface JobFailure {
  readonly code: string
  readonly message: string
  readonly retryable: boolean
  /** What to do about it. */
  readonly hint?: string
}

export type AttemptOutcome = "succeeded" | "failed" | "deferred" | "released" | "lost" | "cancelled"

/** One try, kept for as long as its job. There is one row per fence. */
export interface Attempt {
  readonly jobId: JobId
  readonly fence: number
  readonly worker: string
  readonly startedAt: Date
  readonly endedAt: Date | undefined
  readonly outcome: AttemptOutcome | undefined
  readonly failure: JobFailure | undefined
}

/** What an attempt shows with every write. */
export interface Lease {
  readonly jobId: JobId
  readonly fence: number
}

/** What happens when an unfinished job of the same type and conflict key exists. */
export type ConflictPolicy =
  /** The existing job is returned. */
  | "join"
  /** As `join`; if it runs already, one more job with the new input follows when it succeeds or fails. */
  | "coalesce"
  /** The existing job is cancelled and the new one added. */
  | "replace"

/** A job that is about to be remembered. */
export interface NewJob {
  readonly id: JobId
  readonly tenant: string
  readonly type: string
  readonly queue: string
  readonly input: Json
  readonly repositoryId?: number
  readonly priority: number
  readonly conflictKey?: string
  /** Meaningful with a conflict key only. */
  readonly onConflict: ConflictPolicy
  readonly exclusiveKey?: string
  /** Cancels every other unfinished job of the same exclusive key, in the same transaction. */
  readonly preempts: boolean
  readonly idempotencyKey?: string
  readonly limitKey?: string
  readonly timeoutMs: number
  readonly maxAttempts: number
  readonly maxCrashes: number
  /** From now, in milliseconds; 0 queues it, more schedules it. */
  readonly delayMs: number
  readonly secrets: Readonly<Record<string, string>>
}
