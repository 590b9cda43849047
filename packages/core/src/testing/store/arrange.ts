import { expect } from "vitest"
import * as changes from "../../change.js"
import type { JobChange } from "../../change.js"
import type { Job, NewJob } from "../../job.js"
import type { JobState } from "../../lifecycle.js"
import type { ClaimRequest, Sweep, SweepRequest } from "../../store.js"
import { buildFailure, buildNewJob, leaseOf } from "../build-new-job.js"
import type { StoreContext, TestedStore } from "./store-test.js"

export const leaseMs = 10_000

export async function enqueue(store: TestedStore, facts: Partial<NewJob> = {}): Promise<Job> {
  const [enqueued] = await store.enqueue([buildNewJob(facts)])
  return present(enqueued?.job)
}

export async function claim(store: TestedStore, request: Partial<ClaimRequest> = {}): Promise<readonly Job[]> {
  const { jobs } = await store.claim({
    worker: "worker-1",
    queue: "default",
    types: ["test.one", "test.two"],
    limit: 1,
    leaseMs,
    ...request,
  })
  return jobs
}

/** Claims the best job, which is expected to be this one. */
export async function claimJob(store: TestedStore, job: Pick<Job, "id">): Promise<Job> {
  const [claimed] = await claim(store)
  expect(claimed?.id, "the job that was claimed").toBe(job.id)
  return present(claimed)
}

export async function enqueueAndClaim(store: TestedStore, facts: Partial<NewJob> = {}): Promise<Job> {
  return claimJob(store, await enqueue(store, facts))
}

/** Applies a change that must be legal now. */
export async function applied(store: TestedStore, change: JobChange): Promise<Job> {
  const [job] = await store.apply([change])
  return present(job, `the job after ${change.transition}`)
}

export async function refused(store: TestedStore, change: JobChange): Promise<void> {
  expect(await store.apply([change]), `the answer to ${change.transition}`).toEqual([undefined])
}

export function sweep(store: TestedStore, request: Partial<SweepRequest> = {}): Promise<Sweep> {
  return store.sweep({ limit: 100, redispatchAfterMs: 30_000, ...request })
}

export async function read(store: TestedStore, job: Pick<Job, "id">): Promise<Job> {
  return present(await store.get(job.id))
}

/**
 * A job in `state` whose fence is 1, whatever the state: what then refuses a change made for fence 1 is the guard on the
 * state and nothing else. A scheduled one is due after a minute. No other job may be queued.
 */
export async function jobIn(state: JobState, { store }: StoreContext, facts: Partial<NewJob> = {}): Promise<Job> {
  const running = await enqueueAndClaim(store, facts)
  const lease = leaseOf(running)
  switch (state) {
    case "running":
      return running
    case "scheduled":
      return applied(store, changes.retryLater(lease, buildFailure(), 60_000))
    case "queued":
      return applied(store, changes.released(lease))
    case "succeeded":
      return applied(store, changes.completed(lease, { answer: 42 }))
    case "failed":
      return applied(store, changes.failed(lease, buildFailure({ retryable: false })))
    case "cancelled":
      return applied(store, changes.cancelAcknowledged(lease))
  }
}

export function present<Value>(value: Value | undefined, what = "the job"): Value {
  expect(value, what).toBeDefined()
  return value as Value
}
