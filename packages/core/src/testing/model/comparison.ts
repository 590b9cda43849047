import { expect } from "vitest"
import type { Job, JobId } from "../../job.js"
import { isFinished } from "../../lifecycle.js"
import type { TestedStore } from "../store/store-test.js"
import type { JobModel, ModelJob } from "./job-model.js"

interface Row {
  readonly id: JobId
  readonly [name: string]: unknown
}

/** What of a row the model has an opinion on. */
export function expectedRow(job: ModelJob): Row {
  const { given, events, outcomes: _o, steps: _s, rerun: _r, dispatched: _d, claimedAt: _c, begun: _b, ...facts } = job
  const { id, tenant, type, input, priority, conflictKey, exclusiveKey, idempotencyKey, limitKey, timeoutMs } = given
  const finished = isFinished(job.state)
  return {
    ...{ id, tenant, type, input, priority, conflictKey, exclusiveKey, idempotencyKey, limitKey, timeoutMs },
    ...facts,
    ...{ finished, runAt: finished ? undefined : facts.runAt, eventNumber: events.length },
  }
}

export function actualRow(job: Job): Row {
  const { id, tenant, type, input, priority, conflictKey, exclusiveKey, idempotencyKey, limitKey, timeoutMs } = job
  const { state, fence, attempts, crashes, worker, rerunRequested, stage, progress, result, eventNumber } = job
  const finished = job.finishedAt !== undefined
  return {
    ...{ id, tenant, type, input, priority, conflictKey, exclusiveKey, idempotencyKey, limitKey, timeoutMs },
    ...{ state, fence, attempts, crashes, worker, rerunRequested, stage, progress, result, eventNumber, finished },
    runAt: finished ? undefined : job.runAt.getTime(),
    leaseUntil: job.leaseUntil?.getTime(),
    cancelRequested: job.cancelRequestedAt !== undefined,
    hasSecrets: Object.keys(job.secrets).length > 0,
    failure: job.failure?.code,
  }
}

/** What else there is to see of all jobs: attempts, events, steps and the feed. */
export async function historyOf(store: TestedStore): Promise<unknown> {
  const history = new Map<JobId, unknown>()
  const feed = await store.feed({ limit: 10_000 })
  for (const { id } of (await store.list({ limit: 1000 })).jobs) {
    const events = await store.events(id)
    const fed = feed.filter(({ jobId }) => jobId === id).map(({ cursor: _cursor, ...event }) => event)
    expect(fed, "the feed tells what the job's events tell").toEqual(events)
    history.set(id, {
      attempts: (await store.attempts(id)).map(({ fence, outcome, endedAt }) => [
        fence,
        outcome,
        endedAt !== undefined,
      ]),
      events: events.map(({ number, type, state, fence, data }) => [
        ...[number, type, state, fence, data.cancelRequested ?? false],
      ]),
      steps: await store.steps(id),
    })
  }
  return history
}

/** An attempt per fence, events without gaps. */
export function expectedHistory(model: JobModel): unknown {
  return new Map(
    [...model.jobs].map(([id, { outcomes, events, steps }]) => [
      id,
      {
        attempts: outcomes.map((outcome, index) => [index + 1, outcome, outcome !== undefined]),
        events: events.map((event, index) => [index + 1, ...event]),
        steps,
      },
    ]),
  )
}
