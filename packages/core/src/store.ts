import type { JobChange } from "./change.js"
import type { Transaction } from "./database.js"
import type { FeedEvent, JobEvent } from "./events.js"
import type { Attempt, Job, JobId, Json, Lease, NewJob } from "./job.js"
import type { JobState } from "./lifecycle.js"

/**
 * Remembers jobs. The store is the truth: what it says happened, happened; queues and notifiers only ring.
 *
 * A store never decides. Core hands it legal changes, and it applies each one if, and only if, the job is still in the
 * state and of the fence the change was made for: every guard sits in the statement that writes. Two callers may race;
 * exactly one wins and the other is told by `undefined`. A worker thought dead that wakes up therefore changes nothing.
 *
 * Time is the store's own (the database's clock), so that machines whose clocks differ agree about leases. Suites hand
 * an implementation a clock they control.
 *
 * Methods take arrays so that a busy runtime pays one round trip for many jobs; the answer has the order of the question,
 * and the members of one call do not depend on one another. An unreachable database is `AssayError` `UNAVAILABLE`.
 *
 * Prove an implementation with `describeStore` from `@assay/core/testing`; `memory/memory-job-store.ts` is the shortest
 * honest one.
 */
export interface JobStore {
  /** For people: `memory`, `postgres`. */
  readonly name: string
  /**
   * Identifies the data, not the connection: the same for every process on the same database (and schema), for ever.
   * A queue remembers it, so that a runtime with another store does not swallow its messages.
   */
  identity(): Promise<string>

  /**
   * Adds jobs, each with its event `job.queued` (no delay; due now) or `job.scheduled`, number 1. Instead of adding:
   *
   * 1. With an idempotency key that a job of the same tenant and type has, in whatever state, that job is returned.
   * 2. With a conflict key that an unfinished job of the same tenant and type has, whose cancel was not requested:
   *    `join` returns it; `coalesce` returns it and, if it is running, notes input and secrets for one more run
   *    (a later request overwrites an earlier one); `replace` cancels it as `cancelled` or `cancelRequested` would, and
   *    adds the new one.
   *
   * When a job is added, `preempts` cancels every other unfinished job of the same tenant and exclusive key likewise,
   * except those asked to stop already. All of it is one
   * transaction, or part of `transaction` when that is given. Two callers with the same key at once: one adds, the other
   * gets what was added.
   */
  enqueue(jobs: readonly NewJob[], transaction?: Transaction): Promise<EnqueuedJob[]>

  /**
   * Applies changes, each by itself: the job afterwards, or `undefined` when a guard did not hold or no such job exists.
   * What a change means for the row follows from where it leads (see {@link JobChange} for the rest):
   *
   * - away from `running`: lease and worker are cleared
   * - to `queued`: claimable now, and not dispatched; in the place that it had, because it has waited already, unless the
   *   change `resets` it
   * - to `scheduled`: due `delayMs` from now
   * - to a finished state: `finishedAt` is now, secrets are dropped; to `succeeded`: `failure` is cleared
   * - from a finished state to an unfinished one: refused when another unfinished job, whose cancel was not requested,
   *   has the conflict key by now
   * - with an event: the job's event number grows by one and the row is written under it
   *
   * With `transaction` the writes are part of it, and the job's row stays locked until it ends.
   */
  apply(changes: readonly JobChange[], transaction?: Transaction): Promise<(Job | undefined)[]>

  /**
   * Takes up to `limit` queued jobs for `worker`, best first: priority (higher first), then age (`runAt`, then `id`). Only
   * jobs of the given queue and types, without a cancel request, and whose exclusive key no running job of the tenant has
   * (nor another of the same call); none of a queue that is paused; and of a type with limits (see {@link ClaimLimits}) only
   * as many as these leave room for. What is running is counted from the rows, never from a counter that could leak; a job
   * whose lease has expired runs until it is declared lost. Two callers who claim at once do not exceed a limit together.
   * Jobs that have to wait for a limit do not keep others from being claimed.
   *
   * Each gets fence + 1, attempts + 1, a lease, `startedAt` if it had none, an attempt row and the event `job.started`
   * (data: `worker`).
   *
   * A job that is named in `prefer` must not be missed because its row is locked for a moment by a caller that ends up
   * not claiming it: a bell rung for it would be lost.
   */
  claim(request: ClaimRequest): Promise<Claim>

  /**
   * Extends leases to `leaseMs` from now, but never beyond {@link overdueAfterMs} after the time the attempt had: the lease
   * of a worker that overlooks its own timeout runs out.
   */
  heartbeat(leases: readonly Lease[], leaseMs: number): Promise<HeartbeatReply[]>

  /** Notes that the bell was rung for these jobs; those no longer queued are left alone. */
  dispatched(jobIds: readonly JobId[]): Promise<void>

  /**
   * Moves scheduled jobs whose moment has come to `queued` (transition `due`, with its event; `runAt` stays), and reports
   * what core has to act on. Safe to run in every process at once.
   */
  sweep(request: SweepRequest): Promise<Sweep>

  /** No job of the queue is claimed, by whomever, until `resume`. Those that run go on. Lasting; doing it twice is fine. */
  pause(queue: string): Promise<void>
  resume(queue: string): Promise<void>

  /** Forgets finished jobs with all that belongs to them. Returns how many; as many as `limit` means that there may be more. */
  prune(request: PruneRequest): Promise<number>

  /**
   * Forgets these jobs, with all that belongs to them, provided that they are failed or cancelled. Returns those it forgot.
   */
  discard(jobIds: readonly JobId[]): Promise<JobId[]>

  /**
   * Runs `work` in one transaction on the store's own database. `apply(changes, transaction)` inside it shares its fate.
   * A store without SQL hands out a transaction whose `query` fails with `UNSUPPORTED`, and still undoes its own writes
   * when `work` rejects.
   */
  transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>

  /** Releases what the store itself opened. Safe to call twice. */
  close(): Promise<void>
}

/** Reads jobs. Separate, because those who show jobs need nothing else. */
export interface JobReader {
  /** The job, or `undefined`: never an error for a missing one. */
  get(jobId: JobId): Promise<Job | undefined>
  /** Newest first. The cursor is opaque and stays valid while jobs are added. An unknown cursor is `INVALID_INPUT`. */
  list(query?: JobQuery): Promise<JobPage>
  /** How many jobs are in each state; all states are present. */
  counts(query?: Pick<JobQuery, "tenant" | "queue" | "types">): Promise<JobCounts>
  /**
   * How many queued jobs of its queue come before this one: those of a higher priority, or as high and older. `undefined`
   * unless it is queued.
   */
  ahead(jobId: JobId): Promise<number | undefined>
  /** The newest job of each of these repositories that has one; of these types, if any are named. */
  latestOfRepositories(query: LatestJobsQuery): Promise<Map<number, Job>>
  /** Oldest first: one per fence. */
  attempts(jobId: JobId): Promise<Attempt[]>
  /** Events of one job with a number above `after`, in order. At most `limit` (default 1,000). */
  events(jobId: JobId, after?: number, limit?: number): Promise<JobEvent[]>
  /**
   * Events of all jobs of a tenant, in an order in which no event appears before a cursor already handed out. Without
   * `after`: from the beginning. At most `limit` (default 1,000).
   */
  feed(query: { tenant?: string; after?: string; limit?: number }): Promise<FeedEvent[]>
  /** The names of the queues that are paused. */
  paused(): Promise<string[]>
  /** The cursor after which the feed has, for now, nothing: `feed({ after })` gives what is announced from here on. */
  feedEnd(): Promise<string>
  /** What the job's steps returned, by name. */
  steps(jobId: JobId): Promise<Map<string, Json>>
}

/** How many jobs are in each state; all of one moment. */
export interface JobCounts extends Readonly<Record<JobState, number>> {
  /**
   * Those among the scheduled and queued ones that were begun and keep their place in `ClaimLimits.inProgress`: their last
   * attempt has deferred, was released or was lost.
   */
  readonly begun: number
}

export interface EnqueuedJob {
  readonly job: Job
  /** False when an existing job was returned instead. */
  readonly added: boolean
  /** Jobs that `replace` or `preempts` cancelled or asked to stop, as they are now. */
  readonly displaced: readonly Job[]
}

export interface ClaimRequest {
  readonly worker: string
  readonly queue: string
  readonly types: readonly string[]
  readonly limit: number
  readonly leaseMs: number
  /** Jobs a bell was rung for. They have no right of way. */
  readonly prefer?: readonly JobId[]
  /** By type. A type that is not named has none. */
  readonly limits?: Readonly<Record<string, ClaimLimits>>
}

/** How much of one type may run, over all tenants and workers. Each is one or more. */
export interface ClaimLimits {
  /** Jobs running at once. */
  readonly concurrency?: number
  /**
   * Jobs in progress at once: those that run, and those that were begun and wait since for something outside, because their
   * last attempt has deferred, was released or was lost. A job that is in progress already is not kept from being claimed
   * again. One that waits for another try after a failure is not in progress.
   */
  readonly inProgress?: number
  /** Jobs running at once that have the same limit key. Those without a key are not counted. */
  readonly perKey?: number
  /** At most `starts` claims in any stretch of `perMs` milliseconds. */
  readonly rate?: { readonly starts: number; readonly perMs: number }
}

export interface Claim {
  readonly jobs: readonly Job[]
  /**
   * When only the rate of its type keeps a job from being claimed: until that may be otherwise, in milliseconds. Nobody
   * rings at that moment, so the worker has to ask again by itself. `undefined` when as many as `limit` were claimed: who
   * got all that was asked for asks again anyway.
   */
  readonly nextInMs: number | undefined
}

/** After the time of an attempt is over, its worker has this long to write how it ended, in milliseconds. */
export const overdueAfterMs = 30_000

export interface HeartbeatReply {
  /** False: it is no longer the job's attempt. Stop working; nothing it writes will be taken. */
  readonly alive: boolean
  readonly cancelRequested: boolean
}

export interface SweepRequest {
  /** At most this many of each kind. */
  readonly limit: number
  /** Queued jobs whose bell was rung longer ago than this, in milliseconds, are reported again. 0: all queued jobs. */
  readonly redispatchAfterMs: number
}

export interface Sweep {
  /** Jobs that were moved from `scheduled` to `queued`. */
  readonly due: readonly Job[]
  /**
   * Queued jobs for which the bell was not rung, or too long ago; those in `due` included. Best first. None of a queue that
   * is paused.
   */
  readonly undispatched: readonly { readonly jobId: JobId; readonly queue: string; readonly priority: number }[]
  /** Running jobs whose lease has expired. */
  readonly expired: readonly Job[]
  /** Until the next scheduled job is due or the next lease may expire, in milliseconds; `undefined` when there is none. */
  readonly nextInMs: number | undefined
  /** Whether any job is scheduled, queued or running. */
  readonly unfinished: boolean
}

/**
 * What is forgotten: a finished job that *either* limit excludes, except the newest job of each repository, from which its
 * status is derived. `undefined` is no limit.
 */
export interface PruneRequest {
  /** Those that finished longer ago than this, in milliseconds. */
  readonly keepMs?: number
  /** All but so many of those that finished last, counted for each tenant. */
  readonly keepJobs?: number
  /** At most so many at once. */
  readonly limit: number
}

export interface JobQuery {
  readonly tenant?: string
  readonly states?: readonly JobState[]
  readonly types?: readonly string[] | undefined
  readonly queue?: string
  readonly repositoryId?: number
  readonly exclusiveKey?: string
  /** 1 to 1,000. Default 100. */
  readonly limit?: number
  readonly cursor?: string
}

export interface LatestJobsQuery {
  readonly tenant: string
  readonly repositoryIds: readonly number[]
  readonly types?: readonly string[] | undefined
}

export interface JobPage {
  readonly jobs: readonly Job[]
  /** Present when there may be more. */
  readonly cursor: string | undefined
}
