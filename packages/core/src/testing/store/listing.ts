import { expect } from "vitest"
import * as changes from "../../change.js"
import type { Job } from "../../job.js"
import { newJobId } from "../../job-id.js"
import { jobStates } from "../../lifecycle.js"
import type { JobQuery } from "../../store.js"
import { applied, claimJob, enqueue, enqueueAndClaim, jobIn, read } from "./arrange.js"
import type { StoreTest, TestedStore } from "./store-test.js"

export function listingTests(test: StoreTest): void {
  test("has no job that does not exist", async ({ store }) => {
    expect(await store.get(newJobId())).toBeUndefined()
    expect(await store.attempts(newJobId())).toEqual([])
    expect(await store.steps(newJobId())).toEqual(new Map())
    expect(await store.list()).toEqual({ jobs: [], cursor: undefined })
  })

  test("lists the newest first, whatever they are doing", async ({ store, clock }) => {
    const jobs: Job[] = []
    for (const priority of [0, 9, -9]) {
      jobs.push(await enqueue(store, { priority }))
      await clock.advance(10)
    }
    await claimJob(store, jobs[1] as Job)
    expect((await store.list()).jobs.map(({ id }) => id)).toEqual(jobs.map(({ id }) => id).reverse())
    expect((await store.list()).jobs[1]).toEqual(await read(store, jobs[1] as Job))
  })

  test("pages through a list, also while jobs are added", async ({ store, clock }) => {
    const ids: string[] = []
    for (let index = 0; index < 7; index++) {
      ids.unshift((await enqueue(store)).id)
      await clock.advance(10)
    }
    const first = await store.list({ limit: 3 })
    expect(first.cursor).toEqual(expect.any(String))
    await enqueue(store)
    const second = await store.list({ limit: 3, ...cursorOf(first) })
    const third = await store.list({ limit: 3, ...cursorOf(second) })
    expect([first, second, third].flatMap(({ jobs }) => jobs.map(({ id }) => id))).toEqual(ids)
    expect(third.jobs).toHaveLength(1)
    expect(third.cursor).toBeUndefined()
  })

  test("pages through jobs that were added at the same moment", async ({ store }) => {
    for (let index = 0; index < 5; index++) await enqueue(store)
    const seen: string[] = []
    for (let page = await store.list({ limit: 2 }); ; page = await store.list({ limit: 2, ...cursorOf(page) })) {
      seen.push(...page.jobs.map(({ id }) => id))
      if (page.cursor === undefined) break
    }
    expect(seen).toHaveLength(5)
    expect(new Set(seen).size).toBe(5)
  })

  test("refuses a cursor that is none of its own", async ({ store }) => {
    await enqueue(store)
    for (const cursor of ["", "nonsense", "'; drop table jobs; --", "AAAA"]) {
      await expect(store.list({ cursor }), cursor).rejects.toMatchObject({ code: "INVALID_INPUT" })
    }
  })

  test("lists what a query asks for", async ({ store }) => {
    const running = await enqueueAndClaim(store, { tenant: "acme", repositoryId: 1, exclusiveKey: "repository:1" })
    const other = await enqueue(store, { type: "test.two", repositoryId: 2, exclusiveKey: "repository:1" })
    const elsewhere = await enqueue(store, { tenant: "acme", queue: "analysis", repositoryId: 2 })
    const found = async (query: JobQuery): Promise<string[]> => (await store.list(query)).jobs.map(({ id }) => id)
    expect(await found({ tenant: "acme" })).toEqual([elsewhere.id, running.id])
    expect(await found({ states: ["running"] })).toEqual([running.id])
    expect(await found({ states: ["running", "queued"] })).toEqual([elsewhere.id, other.id, running.id])
    expect(await found({ states: [] })).toEqual([])
    expect(await found({ types: ["test.two"] })).toEqual([other.id])
    expect(await found({ types: ["test.one", "test.two"], queue: "default" })).toEqual([other.id, running.id])
    expect(await found({ queue: "analysis" })).toEqual([elsewhere.id])
    expect(await found({ repositoryId: 2 })).toEqual([elsewhere.id, other.id])
    expect(await found({ exclusiveKey: "repository:1" })).toEqual([other.id, running.id])
    expect(await found({ tenant: "acme", repositoryId: 2, states: ["queued"] })).toEqual([elsewhere.id])
    expect(await found({ tenant: "nobody" })).toEqual([])
    expect(await found({ tenant: "acme", limit: 1 })).toEqual([elsewhere.id])
  })

  test("lists a hundred jobs unless asked otherwise", async ({ store }) => {
    await addMany(store, 101)
    const page = await store.list()
    expect(page.jobs).toHaveLength(100)
    expect((await store.list(cursorOf(page))).jobs).toHaveLength(1)
    expect((await store.list({ limit: 1000 })).jobs).toHaveLength(101)
  })

  test("counts the jobs in each state, none left out", async (context) => {
    const { store } = context
    expect(await store.counts()).toEqual({ ...Object.fromEntries(jobStates.map((state) => [state, 0])), begun: 0 })
    for (const state of ["succeeded", "failed", "cancelled", "scheduled", "running", "queued"] as const) {
      await jobIn(state, context)
    }
    // The one that is scheduled was begun, and has deferred.
    expect(await store.counts()).toEqual({ ...Object.fromEntries(jobStates.map((state) => [state, 1])), begun: 1 })
  })

  test("counts what a query asks for", async ({ store }) => {
    await enqueue(store, { tenant: "acme" })
    await enqueue(store, { tenant: "acme", type: "test.two" })
    await enqueue(store, { queue: "analysis" })
    expect((await store.counts({ tenant: "acme" })).queued).toBe(2)
    expect((await store.counts({ types: ["test.two"] })).queued).toBe(1)
    expect((await store.counts({ queue: "analysis" })).queued).toBe(1)
    expect((await store.counts({ queue: "nobody" })).queued).toBe(0)
  })

  test("says how many queued jobs of the queue come before one", async ({ store, clock }) => {
    const first = await enqueue(store)
    await clock.advance(1)
    const second = await enqueue(store, { type: "test.two", tenant: "acme" })
    const high = await enqueue(store, { priority: 1 })
    await enqueue(store, { queue: "analysis", priority: 9 })
    expect(await Promise.all([high, first, second].map(({ id }) => store.ahead(id)))).toEqual([0, 1, 2])
    await claimJob(store, high)
    expect(await Promise.all([high, first, second].map(({ id }) => store.ahead(id)))).toEqual([undefined, 0, 1])
    expect(await store.ahead(newJobId())).toBeUndefined()
  })

  test("finds the newest job of each repository that has one", async ({ store, clock }) => {
    await enqueueAndClaim(store, { repositoryId: 1 })
    await clock.advance(10)
    const newest = await enqueue(store, { repositoryId: 1, type: "test.two" })
    await enqueue(store, { repositoryId: 1, tenant: "acme" })
    const other = await enqueue(store, { repositoryId: 2 })
    await enqueue(store, { repositoryId: 3 })
    await enqueue(store)
    const tenant = "default"
    const latest = await store.latestOfRepositories({ repositoryIds: [2, 1, 4], tenant })
    expect([...latest.keys()].sort()).toEqual([1, 2])
    expect(latest.get(1)).toEqual(newest)
    expect(latest.get(2)).toEqual(other)
    expect(await store.latestOfRepositories({ repositoryIds: [], tenant })).toEqual(new Map())
    const types = ["test.one"]
    const ofType = await store.latestOfRepositories({ repositoryIds: [1, 2], tenant, types })
    expect([...ofType.values()].map(({ id, type }) => [id === newest.id, type])).toEqual([
      [false, "test.one"],
      [false, "test.one"],
    ])
  })

  test("keeps the attempts of jobs apart", async ({ store }) => {
    const job = await enqueueAndClaim(store)
    const other = await enqueueAndClaim(store)
    await applied(store, changes.completed({ jobId: job.id, fence: 1 }, null))
    expect(await store.attempts(other.id)).toMatchObject([{ jobId: other.id, fence: 1 }])
    expect((await store.attempts(other.id))[0]?.outcome).toBeUndefined()
  })
}

function cursorOf({ cursor }: { cursor: string | undefined }): { cursor?: string } {
  return cursor === undefined ? {} : { cursor }
}

async function addMany(store: TestedStore, count: number): Promise<void> {
  for (let index = 0; index < count; index++) await enqueue(store)
}
