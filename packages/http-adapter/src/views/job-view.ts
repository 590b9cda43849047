import { jobStates, redact } from "@assay/core"
import type { Attempt, Job, JobFailure, JobProgress } from "@assay/core"
import { z } from "zod"
import { timeSchema, toTime } from "./time.js"

export const progressSchema = z.object({
  done: z.number(),
  total: z.number().nullable(),
  unit: z.string().nullable().describe("What is counted: `commits`, `bytes`."),
  percent: z.number().nullable().describe("0 to 100; null while the total is not known."),
})

export const failureSchema = z.object({
  code: z.string(),
  message: z.string(),
  retryable: z.boolean(),
  hint: z.string().nullable(),
})

export const jobSchema = z.object({
  id: z.string(),
  type: z.string(),
  state: z.enum(jobStates),
  retrying: z.boolean().describe("It failed, and waits for its next attempt."),
  cancelling: z.boolean().describe("It runs, and was asked to stop."),
  repository_id: z.int().nullable(),
  stage: z.string().nullable().describe("What it is doing now."),
  progress: progressSchema.nullable(),
  failure: failureSchema.nullable().describe("Why the job, or its last attempt, failed."),
  attempts: z.int().describe("Spent so far."),
  max_attempts: z.int(),
  crashes: z.int().describe("Attempts whose worker died."),
  priority: z.int(),
  queue: z.string(),
  input: z.unknown().describe("Secrets are never part of it."),
  result: z.unknown().describe("What the job returned, once it succeeded."),
  cancel_reason: z.string().nullable(),
  run_at: timeSchema.describe("When it is, or was, due."),
  created_at: timeSchema,
  started_at: timeSchema.nullable(),
  finished_at: timeSchema.nullable(),
  links: z.object({
    self: z.string(),
    attempts: z.string(),
    cancel: z.string(),
    retry: z.string(),
    repository: z.string().nullable(),
  }),
})

export type JobView = z.output<typeof jobSchema>

/** What of a job leaves the process: named member by member, so that nothing does by accident. */
export function toJobView(job: Job, prefix: string): JobView {
  const self = jobPath(job.id, prefix)
  return {
    id: job.id,
    type: job.type,
    state: job.state,
    retrying: job.state === "scheduled" && job.attempts > 0,
    cancelling: job.state === "running" && job.cancelRequestedAt !== undefined,
    repository_id: job.repositoryId ?? null,
    stage: job.stage ?? null,
    progress: job.progress ? toProgressView(job.progress) : null,
    failure: job.failure ? toFailureView(job.failure) : null,
    attempts: job.attempts,
    max_attempts: job.maxAttempts,
    crashes: job.crashes,
    priority: job.priority,
    queue: job.queue,
    input: redact(job.input),
    result: redact(job.result ?? null),
    cancel_reason: job.cancelReason ?? null,
    run_at: toTime(job.runAt),
    created_at: toTime(job.createdAt),
    started_at: toTime(job.startedAt),
    finished_at: toTime(job.finishedAt),
    links: {
      self,
      attempts: `${self}/attempts`,
      cancel: `${self}/cancel`,
      retry: `${self}/retry`,
      repository: job.repositoryId === undefined ? null : `${prefix}/api/v1/repositories/${job.repositoryId}`,
    },
  }
}

export function jobPath(jobId: string, prefix: string): string {
  return `${prefix}/api/v1/jobs/${jobId}`
}

export function toProgressView({ done, total, unit }: JobProgress): z.output<typeof progressSchema> {
  const share = total === undefined || total <= 0 ? null : Math.min(1, Math.max(0, done / total))
  return {
    done,
    total: total ?? null,
    unit: unit ?? null,
    // Rounded down: 100 means done.
    percent: share === null ? null : Math.floor(share * 1000) / 10,
  }
}

function toFailureView({ code, message, retryable, hint }: JobFailure): z.output<typeof failureSchema> {
  return { code, message, retryable, hint: hint ?? null }
}

export const attemptSchema = z.object({
  fence: z.int().describe("Grows with each attempt of the job."),
  worker: z.string(),
  started_at: timeSchema,
  ended_at: timeSchema.nullable(),
  outcome: z.enum(["succeeded", "failed", "deferred", "released", "lost", "cancelled"]).nullable(),
  failure: failureSchema.nullable(),
})

export function toAttemptView(attempt: Attempt): z.output<typeof attemptSchema> {
  return {
    fence: attempt.fence,
    worker: attempt.worker,
    started_at: toTime(attempt.startedAt),
    ended_at: toTime(attempt.endedAt),
    outcome: attempt.outcome ?? null,
    failure: attempt.failure ? toFailureView(attempt.failure) : null,
  }
}
