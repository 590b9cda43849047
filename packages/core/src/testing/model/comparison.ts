import { expect } from "vitest"
import type { Job } from "../../job.js"
import { isFinished } from "../../lifecycle.js"
import type { TestedStore } from "../store/store-test.js"
import type { JobModel, ModelJob } from "./job-model.js"

/** What of a row the model has an opinion on. */
export function expectedRow(job: ModelJob): unknown {
  const { given, events, outcomes: _o, steps: _s, rerun: _r, dispatched: _d, ...facts } = job
  const { id, tenant, type, input, priority, conflictKey, exclusiveKey, idempotencyKey } = given
  const finished = isFinished(job.state)
  return {
    ...{ id, tenant, type, input, priority, conflictKey, exclusiveKey, idempotencyKey },
    ...facts,
    ...{ finished, runAt: finished ? undefined : facts.runAt, eventNumber: events.length },
  }
}

export function actualRow(job: Job): unknown {
  const { id, tenant, type, input, priority, conflictKey, exclusiveKey, idempotencyKey } = job
  const { state, fence, attempts, crashes, worker, rerunRequested, stage, progress, result, eventNumber } = job
  const finished = job.finishedAt !== undefined
  return {
    ...{ id, tenant, type, input, priority, conflictKey, exclusiveKey, idempotencyKey },
    ...{ state, fence, attempts, crashes, worker, rerunRequested, stage, progress, result, eventNumber, finished },
    runAt: finished ? undefined : job.runAt.getTime(),
    leaseUntil: job.leaseUntil?.getTime(),
    cancelRequested: job.cancelRequestedAt !== undefined,
    hasSecrets: Object.keys(job.secrets).length > 0,
    failure: job.failure?.code,
  }
}

/** Attempts, events, steps and the feed are what the model says: an attempt per fence, events without gaps. */
export async function expectHistory(model: JobModel, store: TestedStore): Promise<void> {
  const feed = await store.feed({ limit: 10_000 })
  for (const [id, job] of model.jobs) {
    const attempts = await store.attempts(id)
    expect(attempts.map(({ fence }) => fence)).toEqual(job.outcomes.map((_, index) => index + 1))
    expect(attempts.map(({ outcome }) => outcome)).toEqual(job.outcomes)
    expect(attempts.map(({ endedAt }) => endedAt !== undefined)).toEqual(job.outcomes.map((each) => each !== undefined))
    const events = await store.events(id)
    expect(events.map(({ number }) => number)).toEqual(job.events.map((_, index) => index + 1))
    expect(events.map(({ type, state, fence, data }) => [type, state, fence, data.cancelRequested ?? false])).toEqual(
      job.events,
    )
    expect(await store.steps(id)).toEqual(job.steps)
    const fed = feed.filter(({ jobId }) => jobId === id).map(({ cursor: _cursor, ...event }) => event)
    expect(fed).toEqual(events)
  }
}
