import { expect } from "vitest"
import * as changes from "../../change.js"
import type { JobChange } from "../../change.js"
import type { Lease } from "../../job.js"
import { buildFailure, buildNewJob, leaseOf } from "../build-new-job.js"
import { applied, claim, enqueue, enqueueAndClaim, read } from "./arrange.js"
import type { StoreTest } from "./store-test.js"

const exclusiveKey = "repository:1"

const leaving: Record<string, (lease: Lease) => JobChange> = {
  complete: (lease) => changes.completed(lease, null),
  retry: (lease) => changes.retryLater(lease, buildFailure(), 60_000),
  defer: (lease) => changes.deferred(lease, 60_000),
  fail: (lease) => changes.failed(lease, buildFailure()),
  acknowledgeCancel: (lease) => changes.cancelAcknowledged(lease),
}

export function exclusiveTests(test: StoreTest): void {
  test("runs one job of an exclusive key at a time, of whatever type", async ({ store }) => {
    await enqueueAndClaim(store, { exclusiveKey })
    const waiting = await enqueue(store, { exclusiveKey, type: "test.two" })
    expect(await claim(store, { limit: 10, prefer: [waiting.id] })).toEqual([])
    expect(await read(store, waiting)).toEqual(waiting)
  })

  test("takes one job of an exclusive key in one call: the best", async ({ store }) => {
    await enqueue(store, { exclusiveKey })
    const best = await enqueue(store, { exclusiveKey, priority: 1 })
    await enqueue(store, { exclusiveKey })
    expect((await claim(store, { limit: 10 })).map(({ id }) => id)).toEqual([best.id])
  })

  for (const [name, leave] of Object.entries(leaving)) {
    test(`gives the exclusive key to the next job after ${name}`, async ({ store }) => {
      const running = await enqueueAndClaim(store, { exclusiveKey })
      const waiting = await enqueue(store, { exclusiveKey, type: "test.two" })
      await applied(store, leave(leaseOf(running)))
      expect((await claim(store, { limit: 10 })).map(({ id }) => id)).toEqual([waiting.id])
    })
  }

  for (const [name, leave] of Object.entries({ release: changes.released, lose: changes.lost })) {
    test(`gives the exclusive key to one of the two that wait after ${name}`, async ({ store, clock }) => {
      const running = await enqueueAndClaim(store, { exclusiveKey })
      await enqueue(store, { exclusiveKey })
      await clock.advance(60_000)
      await applied(store, leave(leaseOf(running)))
      expect((await claim(store, { limit: 10 })).map(({ id }) => id)).toEqual([running.id])
    })
  }

  test("keeps the exclusive key while the lease has expired but nobody declared the job lost", async ({
    store,
    clock,
  }) => {
    await enqueueAndClaim(store, { exclusiveKey })
    await enqueue(store, { exclusiveKey })
    await clock.advance(60_000)
    expect(await claim(store, { limit: 10 })).toEqual([])
  })

  test("keeps the exclusive key while a job is asked to stop and has not", async ({ store }) => {
    const running = await enqueueAndClaim(store, { exclusiveKey })
    await enqueue(store, { exclusiveKey })
    await applied(store, changes.cancelRequested(running.id))
    expect(await claim(store, { limit: 10 })).toEqual([])
  })

  test("keeps the exclusive keys of tenants apart", async ({ store }) => {
    await store.enqueue([buildNewJob({ exclusiveKey }), buildNewJob({ exclusiveKey, tenant: "acme" })])
    expect(await claim(store, { limit: 10 })).toHaveLength(2)
  })

  test("does not hold back jobs behind many whose exclusive key is taken", async ({ store }) => {
    await enqueueAndClaim(store, { exclusiveKey })
    await store.enqueue(Array.from({ length: 150 }, () => buildNewJob({ exclusiveKey, priority: 1 })))
    const free = await enqueue(store)
    expect((await claim(store)).map(({ id }) => id)).toEqual([free.id])
  })

  test("fills the call with other jobs when many queued ones share an exclusive key", async ({ store }) => {
    await store.enqueue(Array.from({ length: 60 }, () => buildNewJob({ exclusiveKey, priority: 1 })))
    await store.enqueue(Array.from({ length: 3 }, () => buildNewJob({ exclusiveKey: "repository:2" })))
    await store.enqueue(Array.from({ length: 3 }, () => buildNewJob()))
    const claimed = await claim(store, { limit: 5 })
    const keys = claimed.map((job) => job.exclusiveKey)
    expect(keys).toEqual([exclusiveKey, "repository:2", undefined, undefined, undefined])
  })
}
