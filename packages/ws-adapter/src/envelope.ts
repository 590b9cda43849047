import type { FeedEvent, Job, JobEvent, JobProgressEvent } from "@assay/core"
import type { EventEnvelope } from "./event-map.js"

/** What of an event leaves the process. */
export function toEnvelope(event: JobEvent | FeedEvent | JobProgressEvent): EventEnvelope {
  const { jobId, number, type, state, fence, at } = event
  return {
    id: type === "job.progress" ? null : `${jobId}/${number}`,
    type,
    time: at.toISOString(),
    seq: number,
    ...("cursor" in event ? { cursor: event.cursor } : {}),
    subject: { job_id: jobId, project_id: jobId },
    state,
    attempt: fence,
    data: Object.fromEntries(
      Object.entries(event.data)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [snakeCase(name), value]),
    ),
  }
}

/** How far a running job is, in the form in which the other events are. */
export function progressEvent(job: Job, at: Date): JobProgressEvent | undefined {
  if (job.state !== "running" || !job.progress) return undefined
  const { done, total, unit } = job.progress
  return {
    number: job.eventNumber,
    jobId: job.id,
    tenant: job.tenant,
    type: "job.progress",
    state: job.state,
    fence: job.fence,
    data: {
      done,
      ...(total === undefined ? {} : { total, percent: percentOf(done, total) }),
      ...(unit === undefined ? {} : { unit }),
      ...(job.stage === undefined ? {} : { stage: job.stage }),
    },
    at,
  }
}

/** Rounded down: 100 means done. */
export function percentOf(done: number, total: number): number {
  if (total <= 0) return 100
  return Math.floor(Math.min(1, Math.max(0, done / total)) * 1000) / 10
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
