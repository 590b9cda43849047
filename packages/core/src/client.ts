import type { Transaction } from "./database.js"
import type { JobDefinition } from "./definition.js"
import type { Duration } from "./duration.js"
import type { JobEvent, JobProgressEvent } from "./events.js"
import type { Attempt, Job, JobId } from "./job.js"
import type { Schedule } from "./schedule.js"
import type { JobCounts, JobPage, JobQuery } from "./store.js"

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
  counts(query?: Pick<JobQuery, "queue" | "types">): Promise<JobCounts>
  /** How many queued jobs of its queue come before this one. `undefined` unless it is queued. */
  ahead(jobId: JobId): Promise<number | undefined>
  /** The newest job of each of these repositories that has one; of these types, if any are named. */
  latestOfRepositories(repositoryIds: readonly number[], types?: readonly string[]): Promise<Map<number, Job>>
  attempts(jobId: JobId): Promise<Attempt[]>
  /**
   * Cancels a job nobody works on, and asks a running one to stop. The job afterwards. Rejects with `JOB_NOT_FOUND`, and
   * with `ILLEGAL_TRANSITION` for a finished job. Asking twice is fine.
   */
  cancel(jobId: JobId, reason?: string): Promise<Job>
  /** Lets a failed or cancelled job run again. Rejects with `JOB_NOT_FOUND` or `ILLEGAL_TRANSITION`. */
  redrive(jobId: JobId): Promise<Job>
  /** {@link redrive} for every failed job that fits. Returns those that will run again. */
  redriveAll(filter?: DeadLetterFilter): Promise<JobId[]>
  /**
   * Forgets a failed or cancelled job with its attempts and events. Rejects with `JOB_NOT_FOUND`, and with
   * `ILLEGAL_TRANSITION` for any other.
   */
  discard(jobId: JobId): Promise<void>
  /** {@link discard} for every failed job that fits. Returns those that are gone. */
  discardAll(filter?: DeadLetterFilter): Promise<JobId[]>
  /** No job of the queue is started, by whatever worker and for whatever tenant, until {@link resume}. Those that run go on. */
  pause(queue: string): Promise<void>
  resume(queue: string): Promise<void>
  /** Cancels this tenant's jobs of the queue that nobody works on, scheduled ones too. They can be redriven. Returns them. */
  drain(queue: string, reason?: string): Promise<JobId[]>
  readonly schedules: Schedules
  /** The same client for another tenant. */
  forTenant(tenant: string): Client
}

/** Which failed jobs. Without any member: all of the tenant. */
export type DeadLetterFilter = Pick<JobQuery, "types" | "queue" | "repositoryId"> & {
  /** Only those that failed with one of these codes. */
  readonly codes?: readonly string[]
}

/** Jobs again and again. Rejects with `UNSUPPORTED` in a runtime without a schedule store. */
export interface Schedules {
  /**
   * Adds a schedule, or changes the one of that id. Rejects with `INVALID_INPUT` for an input, an interval (less than a
   * second), a cron expression or a time zone that can never work.
   */
  put<Input>(definition: JobDefinition<Input>, input: Input, options: ScheduleOptions): Promise<Schedule>
  get(id: string): Promise<Schedule | undefined>
  list(query?: { repositoryId?: number }): Promise<Schedule[]>
  /** Whether there was one. Jobs that it made are left alone. */
  remove(id: string): Promise<boolean>
}

export type ScheduleOptions = {
  /** 1 to 100 letters, digits, `.`, `_`, `:` or `-`. Default: a new one. */
  id?: string
  priority?: number
} & ({ every: Duration } | { cron: string; timezone?: string })

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
