import type { Transaction } from "./database.js"
import type { JobDefinition } from "./definition.js"
import type { JobEvent, JobProgressEvent } from "./events.js"
import type { Attempt, Job, JobId } from "./job.js"
import type { JobPage, JobQuery } from "./store.js"
import type { JobState } from "./lifecycle.js"

/**
 * Asks for work and shows what became of it: the half that an API process needs. Bound to one tenant: jobs of another
 * do not exist for it.
 */
export interface Client {
  readonly tenant: string
  /**
   * Adds a job, or joins an existing one (see the definition's conflict key). Rejects with `INVALID_INPUT` before anything
   * is written, and with `IDEMPOTENCY_MISMATCH` when the key was used with another input.
   */
  enqueue<Input, Result>(
    definition: JobDefinition<Input, Result>,
    input: Input,
    options?: EnqueueOptions,
  ): Promise<JobHandle<Result>>
  /** A handle on an existing job, in this process or another. Does not look whether it exists. */
  job<Result = unknown>(jobId: JobId): JobHandle<Result>
  get(jobId: JobId): Promise<Job | undefined>
  list(query?: Omit<JobQuery, "tenant">): Promise<JobPage>
  counts(query?: Omit<JobQuery, "tenant">): Promise<Record<JobState, number>>
  latestOfRepositories(repositoryIds: readonly number[]): Promise<Map<number, Job>>
  attempts(jobId: JobId): Promise<Attempt[]>
  /**
   * Cancels a job nobody works on, and asks a running one to stop. The job afterwards. Rejects with `JOB_NOT_FOUND`, and
   * with `ILLEGAL_TRANSITION` for a finished job. Asking twice is fine.
   */
  cancel(jobId: JobId, reason?: string): Promise<Job>
  /** Lets a failed or cancelled job run again. Rejects with `JOB_NOT_FOUND` or `ILLEGAL_TRANSITION`. */
  redrive(jobId: JobId): Promise<Job>
  /** The same client for another tenant. */
  forTenant(tenant: string): Client
}

export interface EnqueueOptions {
  /**
   * The host's own open transaction on the store's database: the job exists if, and only if, it commits. The bell is rung
   * by the next sweep, within a second of the commit.
   */
  tx?: Transaction
  /** Two calls with the same key (per tenant and type) make one job, until retention removes it. */
  idempotencyKey?: string
  priority?: number
  /** Not before. */
  runAt?: Date
  /** Sealed before they are written, readable by the handler as `context.secret(name)`, dropped when the job ends. */
  secrets?: Readonly<Record<string, string>>
}

export interface JobHandle<Result = unknown> {
  readonly id: JobId
  /** True when an existing job was joined. */
  readonly deduplicated: boolean
  /** The job now. Rejects with `JOB_NOT_FOUND`. */
  get(): Promise<Job>
  cancel(reason?: string): Promise<Job>
  /**
   * Every event above `after` (default 0) in order, once, then what follows live, progress included. Ends by itself after
   * the job finished, and when `signal` aborts.
   */
  events(options?: { after?: number; signal?: AbortSignal }): AsyncIterable<JobEvent | JobProgressEvent>
  /**
   * What the handler returned, once the job is done. Rejects with `JOB_FAILED` (whose `cause` is the failure),
   * `JOB_CANCELLED`, or `ABORTED` when `signal` aborts; the job itself goes on then.
   */
  result(options?: { signal?: AbortSignal }): Promise<Result>
}
