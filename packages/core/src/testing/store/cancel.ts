import { expect } from "vitest"
import * as changes from "../../change.js"
import type { JobChange } from "../../change.js"
import type { Lease } from "../../job.js"
import { transitions } from "../../lifecycle.js"
import type { Transition, TransitionName } from "../../lifecycle.js"
import { leaseOf } from "../build-new-job.js"
import { applied, claim, enqueue, enqueueAndClaim, jobIn } from "./arrange.js"
import { changeFor } from "./guards.js"
import type { StoreTest } from "./store-test.js"

export function cancelTests(test: StoreTest): void {
  for (const state of ["scheduled", "queued"] as const) {
    test(`cancels a ${state} job at once, with the reason`, async (context) => {
      const job = await jobIn(state, context)
      const after = await applied(context.store, changes.cancelled(job.id, "not wanted"))
      expect(after).toMatchObject({ state: "cancelled", cancelReason: "not wanted" })
      expect(after).toMatchObject({ cancelRequestedAt: new Date(context.clock.now()) })
      const events = await context.store.events(job.id, job.eventNumber)
      expect(events).toMatchObject([{ type: "job.cancelled", data: { reason: "not wanted" } }])
      expect(await claim(context.store, { prefer: [job.id] })).toEqual([])
    })
  }

  test("asks a running job to stop and leaves it to its attempt", async ({ store, clock }) => {
    const job = await enqueueAndClaim(store)
    const asked = await applied(store, changes.cancelRequested(job.id, "not wanted"))
    expect(asked).toEqual({
      ...job,
      ...{ cancelRequestedAt: new Date(clock.now()), cancelReason: "not wanted", eventNumber: 3 },
    })
    const replies = await store.heartbeat([leaseOf(job)], 10_000)
    expect(replies).toEqual([{ alive: true, cancelRequested: true }])
    const after = await applied(store, changes.cancelAcknowledged(leaseOf(job), "not wanted"))
    expect(after).toMatchObject({ state: "cancelled", cancelReason: "not wanted", attempts: 1 })
  })

  test("keeps the first moment and the latest reason when it is asked twice", async ({ store, clock }) => {
    const job = await enqueueAndClaim(store)
    const first = await applied(store, changes.cancelRequested(job.id, "one"))
    await clock.advance(1000)
    const second = await applied(store, changes.cancelRequested(job.id, "two"))
    expect(second).toMatchObject({ cancelRequestedAt: first.cancelRequestedAt, cancelReason: "two", eventNumber: 4 })
    expect(await applied(store, changes.cancelRequested(job.id))).toMatchObject({ cancelReason: "two" })
  })

  const yielding = (Object.entries(transitions) as [TransitionName, Transition][]).filter(
    ([, each]) => each.yieldsToCancel,
  )
  for (const [name, { ends }] of yielding) {
    test(`cancels instead when ${name} comes after a cancel was requested`, async ({ store, clock }) => {
      const job = await enqueueAndClaim(store, { secrets: { token: "sealed" } })
      const asked = await applied(store, changes.cancelRequested(job.id, "not wanted"))
      await clock.advance(10_001)
      const change = (changeFor[name] as (lease: Lease) => JobChange)(leaseOf(job))
      const after = await applied(store, change)
      const now = new Date(clock.now())
      expect(after).toMatchObject({ state: "cancelled", finishedAt: now, secrets: {}, cancelReason: "not wanted" })
      expect([after.leaseUntil, after.worker]).toEqual([undefined, undefined])
      const outcome = ends === "lost" ? "lost" : "cancelled"
      expect(await store.attempts(job.id)).toMatchObject([{ fence: 1, outcome, endedAt: now }])
      expect(await store.events(job.id, asked.eventNumber)).toMatchObject([
        { number: 4, type: "job.cancelled", state: "cancelled", data: { reason: "not wanted" } },
      ])
      expect(await store.events(job.id, asked.eventNumber)).toHaveLength(1)
    })
  }

  test("lets a job that completes after a cancel was requested succeed, and says so", async ({ store }) => {
    const job = await enqueueAndClaim(store)
    await applied(store, changes.cancelRequested(job.id))
    const after = await applied(store, changes.completed(leaseOf(job), "done"))
    expect(after).toMatchObject({ state: "succeeded", result: "done" })
    expect((await store.events(job.id)).at(-1)).toMatchObject({
      ...{ type: "job.succeeded", data: { cancelRequested: true } },
    })
  })

  test("says nothing of a cancel where none was requested", async ({ store }) => {
    const job = await enqueueAndClaim(store)
    await applied(store, changes.completed(leaseOf(job), "done"))
    expect((await store.events(job.id)).at(-1)?.data).toEqual({})
  })

  for (const name of ["fail", "crash"] as const) {
    test(`lets a job that was asked to stop end with ${name}`, async ({ store, clock }) => {
      const job = await enqueueAndClaim(store)
      await applied(store, changes.cancelRequested(job.id))
      await clock.advance(10_001)
      const change = (changeFor[name] as (lease: Lease) => JobChange)(leaseOf(job))
      expect(await applied(store, change)).toMatchObject({ state: "failed" })
    })
  }

  test("lets a job that was asked to stop go on writing until it has", async ({ store }) => {
    const job = await enqueueAndClaim(store)
    await applied(store, changes.cancelRequested(job.id))
    expect(await applied(store, changes.stageEntered(leaseOf(job), "cleanup"))).toMatchObject({ stage: "cleanup" })
  })

  test("frees the conflict key of a cancelled job", async ({ store }) => {
    const job = await enqueue(store, { conflictKey: "repository:1" })
    await applied(store, changes.cancelled(job.id))
    const next = await enqueue(store, { conflictKey: "repository:1" })
    expect(next.id).not.toBe(job.id)
  })
}
