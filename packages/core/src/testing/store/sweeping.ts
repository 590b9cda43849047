import { expect } from "vitest"
import * as changes from "../../change.js"
import { newJobId } from "../../job-id.js"
import { buildFailure, buildNewJob, leaseOf } from "../build-new-job.js"
import { applied, claim, claimJob, enqueue, enqueueAndClaim, leaseMs, read, sweep } from "./arrange.js"
import type { StoreTest } from "./store-test.js"

export function sweepTests(test: StoreTest): void {
  test("queues scheduled jobs whose moment has come, and no others", async ({ store, clock }) => {
    const soon = await enqueue(store, { delayMs: 1000 })
    const late = await enqueue(store, { delayMs: 5000 })
    await clock.advance(999)
    expect((await sweep(store)).due).toEqual([])
    await clock.advance(2)
    const { due, undispatched } = await sweep(store)
    expect(due).toEqual([{ ...soon, state: "queued", eventNumber: 2 }])
    expect(undispatched).toEqual([{ jobId: soon.id, queue: "default", priority: 0 }])
    expect(await read(store, soon)).toEqual(due[0])
    expect(await read(store, late)).toEqual(late)
    expect(await store.events(soon.id, 1)).toEqual([
      {
        ...{ number: 2, jobId: soon.id, tenant: "default", type: "job.queued", state: "queued", fence: 0 },
        ...{ data: {}, at: new Date(clock.now()) },
      },
    ])
    expect((await sweep(store)).due).toEqual([])
    await claimJob(store, soon)
  })

  test("queues jobs that wait for a retry or were deferred", async ({ store, clock }) => {
    const retried = await enqueueAndClaim(store)
    await applied(store, changes.retryLater(leaseOf(retried), buildFailure(), 1000))
    const deferred = await enqueueAndClaim(store)
    await applied(store, changes.deferred(leaseOf(deferred), 2000))
    await clock.advance(2001)
    expect((await sweep(store)).due.map(({ id }) => id).sort()).toEqual([retried.id, deferred.id].sort())
    expect((await claim(store, { limit: 5 })).map(({ id }) => id)).toEqual([retried.id, deferred.id])
  })

  test("reports queued jobs for which no bell was rung, the best first", async ({ store, clock }) => {
    const plain = await enqueue(store)
    await clock.advance(10)
    const later = await enqueue(store, { queue: "analysis" })
    await clock.advance(10)
    const urgent = await enqueue(store, { priority: 3 })
    await enqueue(store, { delayMs: 1000 })
    expect((await sweep(store)).undispatched).toEqual([
      { jobId: urgent.id, queue: "default", priority: 3 },
      { jobId: plain.id, queue: "default", priority: 0 },
      { jobId: later.id, queue: "analysis", priority: 0 },
    ])
  })

  test("reports a job again only when its bell was rung too long ago", async ({ store, clock }) => {
    const rung = await enqueue(store)
    const quiet = await enqueue(store)
    await store.dispatched([rung.id])
    const ids = async (redispatchAfterMs: number): Promise<string[]> =>
      (await sweep(store, { redispatchAfterMs })).undispatched.map(({ jobId }) => jobId)
    expect(await ids(5000)).toEqual([quiet.id])
    await clock.advance(4000)
    expect(await ids(5000)).toEqual([quiet.id])
    await clock.advance(1001)
    expect(await ids(5000)).toEqual([rung.id, quiet.id])
    await store.dispatched([rung.id, quiet.id])
    expect(await ids(5000)).toEqual([])
    expect(await ids(0)).toEqual([rung.id, quiet.id])
  })

  test("changes nothing about a job by noting that its bell was rung", async ({ store }) => {
    const queued = await enqueue(store)
    await store.dispatched([queued.id, newJobId()])
    expect(await read(store, queued)).toEqual(queued)
    const running = await enqueueAndClaim(store, { priority: 1 })
    await store.dispatched([running.id])
    expect(await read(store, running)).toEqual(running)
    await store.dispatched([])
  })

  test("reports a job that is queued again as one for which no bell was rung", async ({ store, clock }) => {
    const job = await enqueue(store)
    const undispatched = async (): Promise<number> => (await sweep(store)).undispatched.length
    const ringAndClaim = async (fence: number): Promise<void> => {
      expect(await undispatched()).toBe(1)
      await store.dispatched([job.id])
      expect(await undispatched()).toBe(0)
      expect(await claimJob(store, job)).toMatchObject({ fence })
      await store.dispatched([job.id])
    }
    await ringAndClaim(1)
    await applied(store, changes.released({ jobId: job.id, fence: 1 }))
    await ringAndClaim(2)
    await clock.advance(leaseMs + 1)
    await applied(store, changes.lost({ jobId: job.id, fence: 2 }))
    await ringAndClaim(3)
    await applied(store, changes.retryLater({ jobId: job.id, fence: 3 }, buildFailure(), 10))
    await clock.advance(11)
    await ringAndClaim(4)
    await applied(store, changes.failed({ jobId: job.id, fence: 4 }, buildFailure()))
    expect(await undispatched()).toBe(0)
    await applied(store, changes.redriven(job.id))
    await ringAndClaim(5)
  })

  test("reports running jobs whose lease has expired, and leaves them to core", async ({ store, clock }) => {
    const first = await enqueueAndClaim(store)
    await clock.advance(leaseMs - 1)
    const second = await enqueueAndClaim(store)
    expect((await sweep(store)).expired).toEqual([])
    await clock.advance(2)
    expect((await sweep(store)).expired).toEqual([first])
    expect(await read(store, first)).toEqual(first)
    await clock.advance(leaseMs)
    expect((await sweep(store)).expired.map(({ id }) => id).sort()).toEqual([first.id, second.id].sort())
  })

  test("stops at its limit, of each kind", async ({ store, clock }) => {
    await store.enqueue(Array.from({ length: 3 }, () => buildNewJob()))
    await claim(store, { limit: 3 })
    await store.enqueue(Array.from({ length: 3 }, () => buildNewJob({ delayMs: 1000 })))
    await clock.advance(leaseMs + 1)
    const one = await sweep(store, { limit: 2 })
    expect([one.due.length, one.undispatched.length, one.expired.length]).toEqual([2, 2, 2])
    expect(one.nextInMs, "there is more to do at once").toBe(0)
    const two = await sweep(store, { limit: 2 })
    expect([two.due.length, two.undispatched.length, two.expired.length]).toEqual([1, 2, 2])
  })

  test("says when there is something to do next", async ({ store, clock }) => {
    expect(await sweep(store)).toMatchObject({ nextInMs: undefined, unfinished: false })
    const scheduled = await enqueue(store, { delayMs: 60_000 })
    expect(await sweep(store)).toMatchObject({ nextInMs: 60_000, unfinished: true })
    const running = await enqueueAndClaim(store)
    expect((await sweep(store)).nextInMs).toBe(leaseMs)
    await clock.advance(4000)
    expect((await sweep(store)).nextInMs).toBe(leaseMs - 4000)
    await applied(store, changes.completed(leaseOf(running), null))
    expect((await sweep(store)).nextInMs).toBe(56_000)
    await applied(store, changes.cancelled(scheduled.id))
    expect(await sweep(store)).toMatchObject({ nextInMs: undefined, unfinished: false })
  })

  for (const state of ["scheduled", "queued", "running"] as const) {
    test(`knows that a ${state} job is not finished`, async ({ store }) => {
      const job = await enqueue(store, { delayMs: state === "scheduled" ? 1000 : 0 })
      if (state === "running") await claimJob(store, job)
      expect((await sweep(store)).unfinished).toBe(true)
    })
  }
}
