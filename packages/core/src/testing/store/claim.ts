import { expect } from "vitest"
import * as changes from "../../change.js"
import { newJobId } from "../../job-id.js"
import { jobStates } from "../../lifecycle.js"
import { buildNewJob, leaseOf } from "../build-new-job.js"
import { applied, claim, claimJob, enqueue, enqueueAndClaim, jobIn, leaseMs, read, sweep } from "./arrange.js"
import type { StoreTest } from "./store-test.js"

export function claimTests(test: StoreTest): void {
  test("gives a job its fence, attempt, lease and worker", async ({ store, clock }) => {
    const queued = await enqueue(store)
    await clock.advance(1000)
    const now = new Date(clock.now())
    const [job] = await claim(store)
    expect(job).toEqual({
      ...queued,
      ...{ state: "running", fence: 1, attempts: 1, worker: "worker-1", eventNumber: 2 },
      ...{ startedAt: now, leaseUntil: new Date(clock.now() + leaseMs) },
    })
    expect(await read(store, queued)).toEqual(job)
    expect(await store.attempts(queued.id)).toEqual([
      { jobId: queued.id, fence: 1, worker: "worker-1", startedAt: now },
    ])
    expect(await store.events(queued.id, 1)).toEqual([
      {
        ...{ number: 2, jobId: queued.id, tenant: "default", type: "job.started", state: "running", fence: 1 },
        ...{ data: { worker: "worker-1" }, at: now },
      },
    ])
  })

  test("raises fence and attempts with each claim, and remembers when the first one was", async ({ store, clock }) => {
    const first = await enqueueAndClaim(store)
    await applied(store, changes.released(leaseOf(first)))
    await clock.advance(1000)
    const [second] = await claim(store, { worker: "worker-2" })
    expect(second).toMatchObject({ fence: 2, attempts: 1, worker: "worker-2", startedAt: first.startedAt })
    const failure = { code: "X", message: "No.", retryable: true }
    await applied(store, changes.retryLater({ jobId: first.id, fence: 2 }, failure, 1))
    await clock.advance(1000)
    await sweep(store)
    expect(await claimJob(store, first)).toMatchObject({ fence: 3, attempts: 2 })
    expect((await store.attempts(first.id)).map(({ fence, worker }) => [fence, worker])).toEqual([
      [1, "worker-1"],
      [2, "worker-2"],
      [3, "worker-1"],
    ])
  })

  test("takes the highest priority first, then the oldest", async ({ store, clock }) => {
    const ids: string[] = []
    for (const priority of [0, 5, -5, 5, 0]) {
      ids.push((await enqueue(store, { priority })).id)
      await clock.advance(10)
    }
    const best = [1, 3, 0, 4, 2].map((index) => ids[index])
    const one = await claim(store)
    const three = await claim(store, { limit: 3 })
    const rest = await claim(store, { limit: 100 })
    expect([one, three, rest].map((jobs) => jobs.length)).toEqual([1, 3, 1])
    expect([...one, ...three, ...rest].map(({ id }) => id)).toEqual(best)
  })

  test("takes jobs that became claimable at the same moment in the order of their ids", async ({ store }) => {
    const jobs = Array.from({ length: 5 }, () => buildNewJob())
    await store.enqueue([...jobs].reverse())
    expect((await claim(store, { limit: 5 })).map(({ id }) => id)).toEqual(jobs.map(({ id }) => id))
  })

  test("gives a released or lost job the place that it had", async ({ store, clock }) => {
    const released = await enqueueAndClaim(store)
    await clock.advance(1000)
    const waiting = await enqueue(store)
    await clock.advance(1000)
    await applied(store, changes.released(leaseOf(released)))
    const [again] = await claim(store)
    expect(again?.id).toBe(released.id)
    await clock.advance(leaseMs + 1)
    await applied(store, changes.lost({ jobId: released.id, fence: 2 }))
    expect((await claim(store, { limit: 2 })).map(({ id }) => id)).toEqual([released.id, waiting.id])
  })

  test("takes only jobs of the queue and the types it was asked for", async ({ store }) => {
    const elsewhere = await enqueue(store, { queue: "analysis", priority: 9 })
    await enqueue(store, { type: "test.three", priority: 9 })
    const two = await enqueue(store, { type: "test.two" })
    expect((await claim(store, { limit: 10 })).map(({ id }) => id)).toEqual([two.id])
    expect(await claim(store, { limit: 10, types: [] })).toEqual([])
    expect((await claim(store, { limit: 10, queue: "analysis" })).map(({ id }) => id)).toEqual([elsewhere.id])
  })

  test("takes the jobs of every tenant", async ({ store }) => {
    await enqueue(store, { tenant: "acme" })
    await enqueue(store, { tenant: "globex" })
    expect((await claim(store, { limit: 10 })).map(({ tenant }) => tenant)).toEqual(["acme", "globex"])
  })

  for (const state of jobStates.filter((each) => each !== "queued")) {
    test(`takes no ${state} job, not even one a bell was rung for`, async (context) => {
      const job = await jobIn(state, context)
      expect(await claim(context.store, { limit: 10, prefer: [job.id] })).toEqual([])
      expect(await read(context.store, job)).toEqual(job)
    })
  }

  test("gives a job a bell was rung for no right of way", async ({ store, clock }) => {
    const better = await enqueue(store, { priority: 1 })
    await clock.advance(10)
    const rung = await enqueue(store)
    expect((await claim(store, { prefer: [rung.id] })).map(({ id }) => id)).toEqual([better.id])
    expect((await claim(store, { prefer: [rung.id] })).map(({ id }) => id)).toEqual([rung.id])
  })

  test("takes a bell for a job it does not know, or may not run, as permission to take another", async ({ store }) => {
    const other = await enqueue(store, { type: "test.three", priority: 9 })
    const job = await enqueue(store)
    const claimed = await claim(store, { limit: 10, prefer: [newJobId(), other.id, other.id] })
    expect(claimed.map(({ id }) => id)).toEqual([job.id])
  })

  test("takes a job once, also when a bell was rung for it", async ({ store }) => {
    const job = await enqueue(store)
    const claimed = await claim(store, { limit: 10, prefer: [job.id, job.id] })
    expect(claimed.map(({ id, fence }) => [id, fence])).toEqual([[job.id, 1]])
  })

  test("finds nothing where there is nothing", async ({ store }) => {
    expect(await claim(store, { limit: 10 })).toEqual([])
  })
}
