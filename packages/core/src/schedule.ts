import type { Job, JobId, NewJob } from "./job.js"

/**
 * A wish for a job again and again: *every* so many milliseconds, or at the moments of a *cron* expression. Each moment
 * makes one job, however many processes look after schedules; moments that nobody was there for are made up for by one job.
 */
export interface Schedule {
  /** Chosen by whoever made it, or `schedule_…`. Unique in its tenant. */
  readonly id: string
  readonly tenant: string
  readonly recurrence: Recurrence
  /** What is enqueued at each moment. */
  readonly job: ScheduledJob
  /** The moment of the next job. */
  readonly nextAt: Date
  /** The moment of the latest job, and that job. */
  readonly lastAt: Date | undefined
  readonly lastJobId: JobId | undefined
  readonly createdAt: Date
}

export type Recurrence =
  /** In milliseconds, at least 1,000. The first moment is one interval after the schedule was made. */
  | { readonly everyMs: number }
  /** Five fields (minute, hour, day of month, month, day of week), or six with seconds first. `timezone` is an IANA name; default UTC. */
  | { readonly cron: string; readonly timezone?: string }

/** A job without what differs each time. Secrets are dropped when a job ends, so that a schedule cannot have any. */
export type ScheduledJob = Omit<NewJob, "id" | "tenant" | "idempotencyKey" | "delayMs" | "secrets">

/** `nextAt` is a moment of the store's clock, which {@link DueSchedules} tells. */
export type NewSchedule = Pick<Schedule, "id" | "tenant" | "recurrence" | "job" | "nextAt">

/**
 * Remembers schedules. It decides nothing: core computes the moments. Prove an implementation with `describeScheduleStore`
 * from `@assay/core/testing`. An unreachable database is `AssayError` `UNAVAILABLE`.
 */
export interface ScheduleStore {
  /** Adds the schedule, or replaces the one of its tenant and id; `lastAt`, `lastJobId` and `createdAt` stay. */
  put(schedule: NewSchedule): Promise<Schedule>
  get(tenant: string, id: string): Promise<Schedule | undefined>
  /** In the order of their ids. */
  list(tenant: string, query?: { repositoryId?: number }): Promise<Schedule[]>
  /** Whether there was one. */
  remove(tenant: string, id: string): Promise<boolean>
  /** Those whose moment has come, of all tenants, the longest overdue first, by the store's clock. `limit` 0 asks for the time. */
  due(limit: number): Promise<DueSchedules>
  /**
   * Notes that `jobId` was made for the moment `nextAt` and moves on to `then`, provided that `nextAt` is still the
   * schedule's next moment. Returns whether it was: of two who try, one succeeds.
   */
  advance(schedule: Pick<Schedule, "tenant" | "id" | "nextAt">, job: Pick<Job, "id">, then: Date): Promise<boolean>
}

export interface DueSchedules {
  readonly schedules: readonly Schedule[]
  /** What the store takes for the time. */
  readonly now: Date
  /** Until the next moment of those that are not due, in milliseconds; `undefined` when there is none. */
  readonly nextInMs: number | undefined
}
