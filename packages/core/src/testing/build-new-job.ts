import type { Job, JobFailure, NewJob } from "../job.js"
import { newJobId } from "../job-id.js"

/** A job that can be enqueued as it is; `facts` replaces what a test cares about. */
export function buildNewJob(facts: Partial<NewJob> = {}): NewJob {
  return {
    id: newJobId(),
    tenant: "default",
    type: "test.one",
    queue: "default",
    input: { repositoryId: 1 },
    priority: 0,
    onConflict: "join",
    preempts: false,
    maxAttempts: 3,
    maxCrashes: 3,
    timeoutMs: 60_000,
    delayMs: 0,
    secrets: {},
    ...facts,
  }
}

export function buildFailure(facts: Partial<JobFailure> = {}): JobFailure {
  return { code: "INTERNAL", message: "Something went wrong.", retryable: true, ...facts }
}

export function leaseOf(job: Pick<Job, "id" | "fence">): { jobId: Job["id"]; fence: number } {
  return { jobId: job.id, fence: job.fence }
}
