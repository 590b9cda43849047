import type { JobFailure, JobId, JobProgress, Json } from "./job.js"
import type { JobState } from "./lifecycle.js"

/**
 * What is announced of a job. Each is a row of its own, numbered 1, 2, 3 … per job without gaps under the job's row lock,
 * so that whoever knows the last number they saw can ask for exactly what they missed.
 */
export type JobEventType =
  | "job.scheduled"
  | "job.queued"
  | "job.started"
  | "job.stage"
  | "job.deferred"
  | "job.retrying"
  | "job.released"
  | "job.lost"
  | "job.cancelling"
  | "job.succeeded"
  | "job.failed"
  | "job.cancelled"

export interface JobEvent {
  /** Grows by one with each event of the same job. */
  readonly number: number
  readonly jobId: JobId
  readonly tenant: string
  readonly type: JobEventType
  /** The state the job was in afterwards. */
  readonly state: JobState
  /** The attempt it belongs to; 0 before the first. */
  readonly fence: number
  readonly data: JobEventData
  readonly at: Date
}

/** Only the members that mean something for the type are present. */
export interface JobEventData {
  readonly stage?: string
  readonly worker?: string
  readonly failure?: JobFailure
  readonly reason?: string
  /** Until the next attempt, in milliseconds. */
  readonly delayMs?: number
  /** On `job.succeeded`: a cancel was requested, but the job was done first. */
  readonly cancelRequested?: boolean
  readonly [key: string]: Json | undefined | JobFailure
}

/** What a listener of a running job also gets: coalesced, never a row, carrying the number of the last event. */
export interface JobProgressEvent {
  readonly number: number
  readonly jobId: JobId
  readonly tenant: string
  readonly type: "job.progress"
  readonly state: JobState
  readonly fence: number
  readonly data: JobProgress & { readonly stage?: string; readonly percent?: number }
  readonly at: Date
}

/** One event in the feed of all jobs. `cursor` grows; it may skip, but never goes back. */
export interface FeedEvent extends JobEvent {
  readonly cursor: string
}
