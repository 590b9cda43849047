import { expect } from "vitest"
import type { Job, JobId } from "../../job.js"
import { isFinished } from "../../lifecycle.js"

/** What has to be true of the rows at any moment, whatever happened. Compares with what they were at the last look. */
export function createInvariants(): (jobs: readonly Job[]) => void {
  let before = new Map<JobId, Job>()
  return (jobs) => {
    const running = jobs.filter(({ state }) => state === "running")
    expectUnique("running jobs of an exclusive key", running, (job) => [job.tenant, job.exclusiveKey])
    const wanted = jobs.filter((job) => !isFinished(job.state) && job.cancelRequestedAt === undefined)
    expectUnique("unfinished jobs of a conflict key", wanted, (job) => [job.tenant, job.type, job.conflictKey])
    expectUnique("jobs of an idempotency key", jobs, (job) => [job.tenant, job.type, job.idempotencyKey])

    for (const job of jobs) {
      expect(job.leaseUntil !== undefined && job.worker !== undefined, "a lease, while it runs").toBe(
        job.state === "running",
      )
      expect(job.finishedAt !== undefined, "finishedAt, once it is finished").toBe(isFinished(job.state))
      expect(job.attempts).toBeGreaterThanOrEqual(0)
      const earlier = before.get(job.id)
      if (!earlier) continue
      expect(job.fence, "a fence that only grows").toBeGreaterThanOrEqual(earlier.fence)
      expect(job.eventNumber, "an event number that only grows").toBeGreaterThanOrEqual(earlier.eventNumber)
      if (isFinished(earlier.state) && job.state !== earlier.state) {
        expect(job.state, "a finished job only starts afresh").toBe("queued")
        expect(earlier.state, "a job that succeeded stays so").not.toBe("succeeded")
      }
    }
    before = new Map(jobs.map((job) => [job.id, job]))
  }
}

function expectUnique(what: string, jobs: readonly Job[], key: (job: Job) => unknown[]): void {
  const keys = jobs.map(key).filter((parts) => parts.at(-1) !== undefined)
  const texts = keys.map((parts) => JSON.stringify(parts))
  expect(new Set(texts).size, `${what}: at most one`).toBe(texts.length)
}
