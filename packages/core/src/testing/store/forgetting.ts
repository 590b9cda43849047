import { expect } from "vitest"
import * as changes from "../../change.js"
import type { Job, NewJob } from "../../job.js"
import type { JobState } from "../../lifecycle.js"
import { jobStates } from "../../lifecycle.js"
import { buildFailure, leaseOf } from "../build-new-job.js"
import { applied, claim, enqueue, enqueueAndClaim, jobIn, sweep } from "./arrange.js"
import type { StoreContext, StoreTest, TestedStore } from "./store-test.js"

/** One that is about no repository, so that nothing keeps it. */
const plain: Partial<NewJob> = { input: {} }

export function forgettingTests(test: StoreTest): void {
  pruneTests(test)
  discardTests(test)
}

function pruneTests(test: StoreTest): void {
  test("forgets nothing while there is no limit", async (context) => {
    const job = await succeeded(context)
    await context.clock.advance(1000)
    expect(await context.store.prune({ limit: 10 })).toBe(0)
    expect(await idsOf(context.store)).toEqual([job.id])
  })

  test("forgets what finished longer ago than it is kept", async (context) => {
    const { store, clock } = context
    const old = await succeeded(context)
    await clock.advance(1000)
    const young = await succeeded(context)
    await clock.advance(1000)
    expect(await store.prune({ keepMs: 2000, limit: 10 }), "just as old as it may be").toBe(0)
    expect(await store.prune({ keepMs: 1500, limit: 10 })).toBe(1)
    expect(await idsOf(store)).toEqual([young.id])
    expect(await store.get(old.id)).toBeUndefined()
  })

  test("forgets all but so many of those that finished last", async (context) => {
    const { store, clock } = context
    // The first to be made is the last to finish.
    const late = await enqueueAndClaim(store, plain)
    const early = await succeeded(context)
    await clock.advance(1000)
    await applied(store, changes.completed(leaseOf(late), undefined))
    expect(await store.prune({ keepJobs: 2, limit: 10 })).toBe(0)
    expect(await store.prune({ keepJobs: 1, limit: 10 })).toBe(1)
    expect(await idsOf(store)).toEqual([late.id])
    expect(await store.get(early.id)).toBeUndefined()
    expect(await store.prune({ keepJobs: 0, limit: 10 })).toBe(1)
    expect(await idsOf(store)).toEqual([])
  })

  test("counts the jobs of each tenant by themselves", async (context) => {
    const { store, clock } = context
    const kept: string[] = []
    for (const tenant of ["acme", "default", "globex"]) {
      await succeeded(context, { tenant })
      await clock.advance(10)
      kept.push((await succeeded(context, { tenant })).id)
      await clock.advance(10)
    }
    expect(await store.prune({ keepJobs: 1, limit: 10 })).toBe(3)
    expect(await idsOf(store)).toEqual(kept.sort())
  })

  test("forgets what either limit excludes", async (context) => {
    const { store, clock } = context
    for (let count = 0; count < 3; count++) {
      await succeeded(context)
      await clock.advance(1000)
    }
    expect(await store.prune({ keepJobs: 2, keepMs: 60_000, limit: 10 })).toBe(1)
    expect(await store.prune({ keepJobs: 10, keepMs: 1500, limit: 10 })).toBe(1)
    expect(await idsOf(store)).toHaveLength(1)
  })

  test("keeps the newest job of each repository, whatever the limits", async (context) => {
    const { store, clock } = context
    const first = await succeeded(context, { repositoryId: 1 })
    const latest = await succeeded(context, { repositoryId: 1 })
    const failed = await jobIn("failed", context, { repositoryId: 2 })
    const elsewhere = await succeeded(context, { repositoryId: 2, tenant: "acme" })
    await clock.advance(1000)
    expect(await store.prune({ keepJobs: 0, keepMs: 0, limit: 10 })).toBe(1)
    expect(await idsOf(store)).toEqual([latest.id, failed.id, elsewhere.id].sort())
    expect(await store.get(first.id)).toBeUndefined()
    expect((await store.latestOfRepositories({ repositoryIds: [1, 2], tenant: "default" })).get(1)?.id).toBe(latest.id)
  })

  test("forgets a finished job of a repository that has a newer one, finished or not", async (context) => {
    const { store, clock } = context
    const old = await succeeded(context, { repositoryId: 1 })
    const next = await enqueue(store, { repositoryId: 1 })
    await clock.advance(1000)
    expect(await store.prune({ keepMs: 0, limit: 10 })).toBe(1)
    expect(await idsOf(store)).toEqual([next.id])
    expect(await store.get(old.id)).toBeUndefined()
  })

  for (const state of jobStates) {
    const finished = isFinishedState(state)
    test(`${finished ? "forgets" : "never forgets"} a ${state} job`, async (context) => {
      await jobIn(state, context, plain)
      await context.clock.advance(1000)
      expect(await context.store.prune({ keepJobs: 0, keepMs: 0, limit: 10 })).toBe(finished ? 1 : 0)
    })
  }

  test("forgets the oldest first, and no more than it is asked to at once", async (context) => {
    const { store, clock } = context
    const jobs: Job[] = []
    for (let count = 0; count < 5; count++) {
      jobs.push(await succeeded(context, { tenant: count % 2 === 0 ? "default" : "acme" }))
      await clock.advance(10)
    }
    expect(await store.prune({ keepJobs: 0, limit: 3 })).toBe(3)
    expect(await store.prune({ keepJobs: 0, limit: 3 })).toBe(2)
    expect(await store.prune({ keepJobs: 0, limit: 3 })).toBe(0)
    expect(await idsOf(store)).toEqual([])
  })

  test("forgets a job with all that belongs to it, and frees its idempotency key", async (context) => {
    const { store, clock } = context
    const running = await enqueueAndClaim(store, { ...plain, idempotencyKey: "once" })
    await applied(store, changes.stepDone(leaseOf(running), "fetch", 1))
    await applied(store, changes.completed(leaseOf(running), undefined))
    const before = await store.feed({})
    const other = await enqueue(store, plain)
    await clock.advance(1000)
    expect(await store.prune({ keepJobs: 0, limit: 10 })).toBe(1)
    expect(await store.attempts(running.id)).toEqual([])
    expect(await store.events(running.id)).toEqual([])
    expect(await store.steps(running.id)).toEqual(new Map())
    const after = { after: before.at(-1)?.cursor ?? "" }
    expect(
      (await store.feed(after)).map(({ jobId }) => jobId),
      "cursors stay valid",
    ).toEqual([other.id])
    expect((await store.feed({})).map(({ jobId }) => jobId)).toEqual([other.id])
    expect((await enqueue(store, { ...plain, idempotencyKey: "once" })).id).not.toBe(running.id)
  })

  test("forgets each job once when several do it at the same time", async (context) => {
    const { store, clock } = context
    for (let count = 0; count < 12; count++) await succeeded(context)
    await clock.advance(1000)
    const forgotten = await Promise.all([1, 2, 3, 4].map(() => store.prune({ keepJobs: 2, limit: 100 })))
    expect(forgotten.reduce((sum, count) => sum + count, 0)).toBe(10)
    expect(await idsOf(store)).toHaveLength(2)
  })
}

function discardTests(test: StoreTest): void {
  for (const state of jobStates) {
    const possible = state === "failed" || state === "cancelled"
    test(`${possible ? "discards" : "does not discard"} a ${state} job`, async (context) => {
      const job = await jobIn(state, context)
      expect(await context.store.discard([job.id])).toEqual(possible ? [job.id] : [])
      expect(await context.store.get(job.id)).toEqual(possible ? undefined : job)
    })
  }

  test("discards a job with all that belongs to it, and says which it discarded", async (context) => {
    const { store } = context
    const failed = await jobIn("failed", context, { repositoryId: 1 })
    const other = await jobIn("failed", context, { repositoryId: 1 })
    const waiting = await enqueue(store)
    expect(await store.discard([failed.id, waiting.id, failed.id])).toEqual([failed.id])
    expect(await store.attempts(failed.id)).toEqual([])
    expect(await store.events(failed.id)).toEqual([])
    expect(await store.discard([failed.id])).toEqual([])
    expect(await store.discard([])).toEqual([])
    expect(await idsOf(store)).toEqual([other.id, waiting.id].sort())
  })

  test("lets one of two who redrive and discard at once win", async (context) => {
    const { store } = context
    const job = await jobIn("failed", context)
    const [[redriven], discarded] = await Promise.all([
      store.apply([changes.redriven(job.id)]),
      store.discard([job.id]),
    ])
    expect([redriven !== undefined, discarded.length > 0].filter(Boolean)).toHaveLength(1)
    expect((await store.get(job.id))?.state).toBe(redriven ? "queued" : undefined)
    expect((await sweep(store)).undispatched).toHaveLength(redriven ? 1 : 0)
    expect(await claim(store)).toHaveLength(redriven ? 1 : 0)
  })

  test("frees the keys of a job that it discards", async (context) => {
    const { store } = context
    const running = await enqueueAndClaim(store, { idempotencyKey: "once" })
    await applied(store, changes.failed(leaseOf(running), buildFailure({ retryable: false })))
    await store.discard([running.id])
    expect((await enqueue(store, { idempotencyKey: "once" })).id).not.toBe(running.id)
  })
}

async function succeeded({ store }: StoreContext, facts: Partial<NewJob> = {}): Promise<Job> {
  const running = await enqueueAndClaim(store, { ...plain, ...facts })
  return applied(store, changes.completed(leaseOf(running), undefined))
}

async function idsOf(store: TestedStore): Promise<string[]> {
  return (await store.list({ limit: 1000 })).jobs.map(({ id }) => id).sort()
}

function isFinishedState(state: JobState): boolean {
  return ["succeeded", "failed", "cancelled"].includes(state)
}
