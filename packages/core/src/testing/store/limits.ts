import { expect } from "vitest"
import * as changes from "../../change.js"
import type { JobChange } from "../../change.js"
import type { Job, Lease } from "../../job.js"
import type { ClaimLimits } from "../../store.js"
import { buildFailure, buildNewJob, leaseOf } from "../build-new-job.js"
import { createGate, giveItTime } from "../until.js"
import { applied, claim, claimed, enqueue, leaseMs, sweep } from "./arrange.js"
import type { StoreTest, TestedStore } from "./store-test.js"

const limits = (one: ClaimLimits): { limits: Record<string, ClaimLimits> } => ({ limits: { "test.one": one } })
const ids = (jobs: readonly Pick<Job, "id">[]): string[] => jobs.map(({ id }) => id)
const callers = Array.from({ length: 20 }, (_, index) => index)

export function limitTests(test: StoreTest): void {
  test("claims no more of a type than may run at once", async ({ store }) => {
    const jobs = await several(store, 5)
    const two = { ...limits({ concurrency: 2 }), limit: 10 }
    expect(ids(await claim(store, two))).toEqual(ids(jobs.slice(0, 2)))
    expect(await claim(store, two)).toEqual([])
    expect(await claim(store, { ...two, prefer: [jobs[2]?.id as Job["id"]] })).toEqual([])
  })

  for (const [how, end] of Object.entries(ends)) {
    test(`gives the place of a job that was ${how} to the next`, async ({ store, clock }) => {
      const one = { ...limits({ concurrency: 1, perKey: 1 }), limit: 10 }
      const [first] = await several(store, 1, { limitKey: "host" })
      const [running] = await claim(store, one)
      expect(running?.id).toBe(first?.id)
      await clock.advance(leaseMs + 1)
      await applied(store, end(leaseOf(running as Job)))
      const [next] = await several(store, 1, { limitKey: "host", priority: 1 })
      expect(ids(await claim(store, one))).toEqual([next?.id])
    })
  }

  test("counts a job whose lease has expired until it is declared lost", async ({ store, clock }) => {
    const [first] = await several(store, 2)
    await claim(store, limits({ concurrency: 1 }))
    await clock.advance(leaseMs + 1)
    expect(await claim(store, limits({ concurrency: 1 }))).toEqual([])
    expect(ids((await sweep(store)).expired)).toEqual([first?.id])
    await applied(store, changes.lost({ jobId: first?.id as Job["id"], fence: 1 }))
    expect(ids(await claim(store, limits({ concurrency: 1 })))).toEqual([first?.id])
  })

  for (const how of ["deferred", "released", "lost"] as const) {
    test(`keeps the place in progress of a job that was ${how}`, async ({ store, clock }) => {
      const request = { ...limits({ inProgress: 2 }), limit: 10 }
      const jobs = await several(store, 4)
      const begun = await claim(store, request)
      expect(ids(begun)).toEqual(ids(jobs.slice(0, 2)))
      await clock.advance(leaseMs + 1)
      for (const job of begun) await applied(store, ends[how](leaseOf(job)))
      expect(await store.counts()).toMatchObject({ running: 0, begun: 2 })
      await clock.advance(60_000)
      await sweep(store)
      expect(ids(await claim(store, request)), "those that were begun, and no others").toEqual(ids(begun))
      expect(await claim(store, request)).toEqual([])
      expect(await store.counts()).toMatchObject({ running: 2, queued: 2, begun: 0 })
    })
  }

  for (const how of ["completed", "failed", "retried", "cancelled"] as const) {
    test(`gives the place in progress of a job that was ${how} to the next`, async ({ store }) => {
      const request = { ...limits({ inProgress: 1 }), limit: 10 }
      const [first, second] = await several(store, 2)
      const [running] = await claim(store, request)
      expect(running?.id).toBe(first?.id)
      await applied(store, ends[how](leaseOf(running as Job)))
      expect((await store.counts()).begun).toBe(0)
      expect(ids(await claim(store, request))).toEqual([second?.id])
    })
  }

  test("gives the place of a job that was cancelled while it waited to the next", async ({ store }) => {
    const [first, second] = await several(store, 2)
    const [running] = await claim(store, limits({ inProgress: 1 }))
    await applied(store, changes.deferred(leaseOf(running as Job), 60_000))
    expect(await claim(store, limits({ inProgress: 1 }))).toEqual([])
    await applied(store, changes.cancelled(first?.id as Job["id"]))
    expect(ids(await claim(store, limits({ inProgress: 1 })))).toEqual([second?.id])
  })

  test("gives a job that is run anew no place in progress", async ({ store }) => {
    const [first, second] = await several(store, 2)
    const [running] = await claim(store, limits({ inProgress: 1 }))
    await applied(store, changes.deferred(leaseOf(running as Job), 60_000))
    await applied(store, changes.cancelled(first?.id as Job["id"]))
    expect(ids(await claim(store, limits({ inProgress: 1 })))).toEqual([second?.id])
    await applied(store, changes.redriven(first?.id as Job["id"]))
    expect((await store.counts()).begun).toBe(0)
    expect(await claim(store, limits({ inProgress: 1 }))).toEqual([])
  })

  test("finds those in progress behind a deep queue of others that may not begin", async ({ store, clock }) => {
    const [first] = await several(store, 1)
    const [running] = await claim(store, limits({ inProgress: 1 }))
    await applied(store, changes.deferred(leaseOf(running as Job), 1))
    await several(store, 200, { priority: 5 })
    const other = await enqueue(store, { type: "test.two", priority: -1 })
    await clock.advance(2)
    await sweep(store)
    const request = { ...limits({ inProgress: 1 }), limit: 10 }
    expect(ids(await claim(store, request))).toEqual([first?.id, other.id])
  })

  test("keeps the limit of those in progress when twenty claim at once", async ({ store, clock }) => {
    await store.enqueue(callers.flatMap(() => [buildNewJob(), buildNewJob()]))
    const request = { ...limits({ inProgress: 7 }), limit: 3 }
    for (let round = 0; round < 3; round++) {
      await Promise.all(callers.map((index) => claim(store, { ...request, worker: `worker-${index}` })))
      // Callers may have stood in each other's way; nobody does now.
      await claim(store, { ...request, limit: 10 })
      const running = (await store.list({ states: ["running"], limit: 100 })).jobs
      expect(running).toHaveLength(7)
      await store.apply(
        running.map((job, index) =>
          index < 4 ? changes.deferred(leaseOf(job), 1) : changes.completed(leaseOf(job), null),
        ),
      )
      expect((await store.counts()).begun).toBe(4)
      await clock.advance(2)
      await sweep(store)
    }
  })

  test("counts the running jobs of all tenants and workers", async ({ store }) => {
    await enqueue(store, { tenant: "acme", limitKey: "host" })
    await enqueue(store, { tenant: "globex", limitKey: "host" })
    for (const one of [{ concurrency: 1 }, { perKey: 1 }]) {
      const jobs = [
        ...(await claim(store, { ...limits(one), worker: "worker-1" })),
        ...(await claim(store, { ...limits(one), worker: "worker-2" })),
      ]
      expect(jobs).toHaveLength(1)
      await applied(store, changes.released(leaseOf(jobs[0] as Job)))
    }
  })

  test("claims no more of a limit key than may run at once", async ({ store }) => {
    const here = await several(store, 3, { limitKey: "here" })
    const there = await several(store, 3, { limitKey: "there" })
    const nowhere = await several(store, 3)
    const request = { ...limits({ perKey: 2 }), limit: 10 }
    const jobs = await claim(store, request)
    expect(ids(jobs)).toEqual(ids([...here.slice(0, 2), ...there.slice(0, 2), ...nowhere]))
    expect(await claim(store, request)).toEqual([])
    await applied(store, changes.completed(leaseOf(jobs[2] as Job), null))
    expect(ids(await claim(store, request))).toEqual([there[2]?.id])
  })

  test("tells limit keys of different types apart", async ({ store }) => {
    const one = await enqueue(store, { limitKey: "host" })
    const two = await enqueue(store, { type: "test.two", limitKey: "host" })
    const request = { limits: { "test.one": { perKey: 1 }, "test.two": { perKey: 1 } }, limit: 10 }
    expect(ids(await claim(store, request))).toEqual([one.id, two.id])
  })

  test("keeps all limits of a type at once", async ({ store }) => {
    const jobs = [
      ...(await several(store, 3, { limitKey: "here" })),
      ...(await several(store, 3, { limitKey: "there" })),
      ...(await several(store, 3, { limitKey: "elsewhere" })),
    ]
    const request = { ...limits({ concurrency: 3, perKey: 1, rate: { starts: 2, perMs: 1000 } }), limit: 10 }
    expect(ids(await claim(store, request))).toEqual([jobs[0]?.id, jobs[3]?.id])
  })

  test("lets jobs that wait for a limit keep no others from being claimed", async ({ store }) => {
    const blocked = await several(store, 3, { priority: 9, limitKey: "here", exclusiveKey: "repository:1" })
    const free = await several(store, 2, { limitKey: "there" })
    const other = await several(store, 2, { type: "test.two", priority: -1 })
    const request = { ...limits({ perKey: 1 }), limit: 10 }
    expect(ids(await claim(store, { ...request, limit: 1 }))).toEqual([blocked[0]?.id])
    const rival = await enqueue(store, { type: "test.two", exclusiveKey: "repository:2" })
    await enqueue(store, { priority: 9, limitKey: "here", exclusiveKey: "repository:2" })
    const wanted = [free[0]?.id, rival.id, other[0]?.id, other[1]?.id]
    expect(ids(await claim(store, request)), "not even from their exclusive key").toEqual(wanted)
  })

  test("lets no type keep another one from being claimed", async ({ store }) => {
    await several(store, 3, { priority: 9 })
    const other = await several(store, 3, { type: "test.two" })
    const request = { ...limits({ concurrency: 1 }), limit: 3 }
    const jobs = await claim(store, request)
    expect(ids(jobs).slice(1)).toEqual(ids(other.slice(0, 2)))
    expect(ids(await claim(store, request))).toEqual([other[2]?.id])
  })

  test("finds the best of what a deep queue of blocked jobs stands before", async ({ store }) => {
    const newJobs = Array.from({ length: 1500 }, () => buildNewJob({ priority: 5, limitKey: "slow" }))
    for (let start = 0; start < newJobs.length; start += 500) await store.enqueue(newJobs.slice(start, start + 500))
    const exclusive = { limitKey: "quick", exclusiveKey: "repository:1" }
    const first = await enqueue(store, { ...exclusive, priority: 2 })
    await several(store, 200, { ...exclusive, priority: 1 })
    const second = await enqueue(store, { type: "test.two" })
    const third = await enqueue(store, { limitKey: "quick" })
    const fourth = await enqueue(store)
    const request = { ...limits({ perKey: 2 }), limit: 10 }
    const best = [newJobs[0]?.id, newJobs[1]?.id, first.id, second.id, third.id, fourth.id]
    expect(ids(await claim(store, request))).toEqual(best)
    expect(await claim(store, request)).toEqual([])
    const late = await enqueue(store, { limitKey: "late", priority: -9 })
    expect(ids(await claim(store, { ...request, limit: 1 }))).toEqual([late.id])
  })

  test("takes higher priorities first, also where there are limits", async ({ store }) => {
    const low = await enqueue(store, { limitKey: "here" })
    const high = await enqueue(store, { priority: 3, limitKey: "here" })
    const middle = await enqueue(store, { type: "test.two", priority: 2 })
    const request = { ...limits({ concurrency: 5, perKey: 5 }), limit: 10 }
    expect(ids(await claim(store, request))).toEqual([high.id, middle.id, low.id])
  })

  test("starts no more of a type than its rate allows, in any stretch of time", async ({ store, clock }) => {
    const jobs = await several(store, 6)
    const request = { ...limits({ rate: { starts: 3, perMs: 1000 } }), limit: 10 }
    expect(await claimed(store, { ...request, limit: 1 })).toMatchObject({ jobs: [{ id: jobs[0]?.id }] })
    await clock.advance(600)
    expect(await claimed(store, request)).toMatchObject({ jobs: [{}, {}], nextInMs: 400 })
    expect(await claimed(store, request)).toEqual({ jobs: [], nextInMs: 400 })
    await clock.advance(399)
    expect(await claimed(store, request)).toEqual({ jobs: [], nextInMs: 1 })
    await clock.advance(1)
    expect(await claimed(store, request)).toMatchObject({ jobs: [{ id: jobs[3]?.id }], nextInMs: 600 })
    await clock.advance(600)
    expect(await claimed(store, request)).toMatchObject({ jobs: [{}, {}], nextInMs: undefined })
  })

  test("counts every start against a rate, however the attempt ended", async ({ store }) => {
    const jobs = await several(store, 3)
    const request = limits({ rate: { starts: 2, perMs: 1000 } })
    const [first] = await claim(store, request)
    await applied(store, changes.released(leaseOf(first as Job)))
    const [second] = await claim(store, request)
    await applied(store, changes.completed(leaseOf(second as Job), null))
    expect(await claimed(store, request)).toEqual({ jobs: [], nextInMs: 1000 })
    expect(jobs).toHaveLength(3)
  })

  test("says when to ask again only where nothing but a rate keeps a job waiting", async ({ store }) => {
    const rate = { starts: 1, perMs: 1000 }
    const asks = async (one: ClaimLimits, more = {}): Promise<number | undefined> =>
      (await claimed(store, { ...limits(one), limit: 10, ...more })).nextInMs
    expect(await asks({ rate }), "nothing is queued").toBeUndefined()
    const [first] = await several(store, 1, { limitKey: "here", exclusiveKey: "repository:1" })
    expect(await asks({ rate }), "it was claimed").toBeUndefined()
    expect(first).toBeDefined()
    await enqueue(store, { limitKey: "here", exclusiveKey: "repository:1" })
    expect(await asks({ rate }), "its exclusive key is taken").toBeUndefined()
    const waiting = await enqueue(store, { limitKey: "here" })
    expect(await asks({ rate, perKey: 1 }), "its limit key has no room").toBeUndefined()
    expect(await asks({ rate, concurrency: 1 }), "its type has no room").toBeUndefined()
    expect(await asks({ rate }, { queue: "elsewhere" })).toBeUndefined()
    expect(await asks({ rate }, { types: ["test.two"] })).toBeUndefined()
    expect(await asks({ rate })).toBe(1000)
    await store.pause("default")
    expect(await asks({ rate }), "the queue is paused").toBeUndefined()
    await store.resume("default")
    await applied(store, changes.cancelled(waiting.id))
    expect(await asks({ rate }), "nobody waits any more").toBeUndefined()
  })

  test("knows no limits of types for which none are shown", async ({ store }) => {
    await several(store, 3, { type: "test.two", limitKey: "host" })
    expect(await claim(store, { ...limits({ concurrency: 1, perKey: 1 }), limit: 10 })).toHaveLength(3)
    await several(store, 3)
    expect(await claim(store, { limits: { "test.one": {} }, limit: 10 })).toHaveLength(3)
  })

  test("keeps the limit of a type and of its keys when twenty claim at once", async ({ store }) => {
    await store.enqueue(callers.flatMap((index) => [1, 2].map(() => buildNewJob({ limitKey: `key-${index % 4}` }))))
    const request = { ...limits({ concurrency: 7, perKey: 2 }), limit: 3 }
    for (let round = 0; round < 3; round++) {
      await Promise.all(callers.map((index) => claim(store, { ...request, worker: `worker-${index}` })))
      const running = (await store.list({ states: ["running"], limit: 100 })).jobs
      expect(running).toHaveLength(7)
      const perKey = new Map<string, number>()
      for (const { limitKey = "" } of running) perKey.set(limitKey, (perKey.get(limitKey) ?? 0) + 1)
      expect(Math.max(...perKey.values())).toBe(2)
      await store.apply(running.map((job) => changes.completed(leaseOf(job), null)))
    }
  })

  test("keeps a rate when twenty claim at once", async ({ store, clock }) => {
    await store.enqueue(callers.map(() => buildNewJob()))
    const request = { ...limits({ rate: { starts: 4, perMs: 1000 } }), limit: 3 }
    const atOnce = async (): Promise<number> => {
      const answers = await Promise.all(callers.map((index) => claim(store, { ...request, worker: `worker-${index}` })))
      return answers.flat().length
    }
    expect(await atOnce()).toBe(4)
    await clock.advance(999)
    expect(await atOnce()).toBe(0)
    await clock.advance(1)
    expect(await atOnce()).toBe(4)
  })

  test("runs one job of an exclusive key when twenty claim at once, of whom some show limits", async ({ store }) => {
    const types = ["test.one", "test.two"]
    await store.enqueue(
      callers.map((index) => buildNewJob({ type: types[index % 2] ?? "", exclusiveKey: `repository:${index % 3}` })),
    )
    const one = limits({ concurrency: 5 })
    const answers = await Promise.all(
      callers.map((index) => claim(store, { ...(index % 2 ? one : {}), types: [types[index % 2] ?? ""], limit: 5 })),
    )
    const keys = answers.flat().map(({ exclusiveKey }) => exclusiveKey)
    expect(new Set(keys).size, "each key taken once").toBe(keys.length)
    // Callers may have stood in each other's way; nobody does now.
    await claim(store, { ...one, limit: 5 })
    expect((await store.counts()).running).toBe(3)
  })

  test("hears a bell for a job whose row somebody else has locked for a moment, also within limits", async (context) => {
    const { store } = context
    const job = await enqueue(store)
    const [locked, letGo] = [createGate(), createGate()]
    const undone = store.transaction(async (transaction) => {
      await store.apply([changes.cancelled(job.id)], transaction)
      locked.open()
      await letGo.opened
      throw new Error("changed its mind")
    })
    await locked.opened
    const claiming = claim(store, { ...limits({ concurrency: 1 }), prefer: [job.id] })
    await giveItTime()
    letGo.open()
    await expect(undone).rejects.toThrow("changed its mind")
    expect(ids(await claiming)).toEqual([job.id])
  })
}

const ends = {
  completed: (lease) => changes.completed(lease, null),
  failed: (lease) => changes.failed(lease, buildFailure({ retryable: false })),
  retried: (lease) => changes.retryLater(lease, buildFailure(), 60_000),
  deferred: (lease) => changes.deferred(lease, 60_000),
  released: (lease) => changes.released(lease),
  lost: (lease) => changes.lost(lease),
  cancelled: (lease) => changes.cancelAcknowledged(lease),
} satisfies Record<string, (lease: Lease) => JobChange>

async function several(
  store: TestedStore,
  count: number,
  facts: Parameters<typeof buildNewJob>[0] = {},
): Promise<Job[]> {
  const answers = await store.enqueue(Array.from({ length: count }, () => buildNewJob(facts)))
  return answers.map(({ job }) => job)
}
