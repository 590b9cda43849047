import { expect } from "vitest"
import * as changes from "../../change.js"
import { leaseOf } from "../build-new-job.js"
import { applied, claim, enqueue, enqueueAndClaim, leaseMs, read, sweep } from "./arrange.js"
import type { StoreTest } from "./store-test.js"

export function pausingTests(test: StoreTest): void {
  test("gives nobody a job of a queue that is paused, until it is resumed", async ({ store }) => {
    const job = await enqueue(store)
    const elsewhere = await enqueue(store, { queue: "analysis" })
    await store.pause("default")
    for (const limits of [{}, { "test.one": { concurrency: 5 } }]) {
      expect(await claim(store, { limit: 10, limits })).toEqual([])
      expect(await claim(store, { limit: 10, limits, prefer: [job.id] })).toEqual([])
    }
    expect(await read(store, job)).toEqual(job)
    expect((await claim(store, { queue: "analysis" })).map(({ id }) => id)).toEqual([elsewhere.id])
    await store.resume("default")
    expect((await claim(store)).map(({ id }) => id)).toEqual([job.id])
  })

  test("lets what runs go on", async ({ store, clock }) => {
    const job = await enqueueAndClaim(store)
    await store.pause("default")
    await clock.advance(1000)
    expect(await store.heartbeat([leaseOf(job)], leaseMs)).toEqual([{ alive: true, cancelRequested: false }])
    expect(await applied(store, changes.completed(leaseOf(job), 1))).toMatchObject({ state: "succeeded" })
  })

  test("takes new jobs and moves due ones while a queue is paused, and rings for none of them", async (context) => {
    const { store, clock } = context
    await store.pause("default")
    const queued = await enqueue(store)
    const due = await enqueue(store, { delayMs: 1000 })
    const elsewhere = await enqueue(store, { queue: "analysis" })
    await clock.advance(1001)
    const found = await sweep(store)
    expect(found.due.map(({ id }) => id)).toEqual([due.id])
    expect(found.undispatched.map(({ jobId }) => jobId)).toEqual([elsewhere.id])
    expect(found.unfinished).toBe(true)
    await store.resume("default")
    const rung = (await sweep(store)).undispatched.map(({ jobId }) => jobId)
    expect(rung.sort()).toEqual([queued.id, due.id, elsewhere.id].sort())
  })

  test("says which queues are paused", async ({ store }) => {
    expect(await store.paused()).toEqual([])
    await store.pause("b")
    await store.pause("a")
    await store.pause("a")
    expect(await store.paused()).toEqual(["a", "b"])
    await store.resume("a")
    await store.resume("a")
    await store.resume("never paused")
    expect(await store.paused()).toEqual(["b"])
  })
}
