import { expect } from "vitest"
import * as changes from "../../change.js"
import type { FeedEvent } from "../../events.js"
import { newJobId } from "../../job-id.js"
import { buildFailure, leaseOf } from "../build-new-job.js"
import { applied, claim, claimJob, enqueue, enqueueAndClaim, leaseMs, sweep } from "./arrange.js"
import type { StoreTest, TestedStore } from "./store-test.js"

export function eventTests(test: StoreTest): void {
  test("numbers the events of a whole life without gaps", async ({ store, clock }) => {
    const job = await enqueue(store, { delayMs: 1000 })
    await clock.advance(1001)
    await sweep(store)
    await claimJob(store, job)
    await applied(store, changes.stageEntered({ jobId: job.id, fence: 1 }, "fetch"))
    await applied(store, changes.progressMade({ jobId: job.id, fence: 1 }, { done: 1 }))
    await applied(store, changes.deferred({ jobId: job.id, fence: 1 }, 1000))
    await clock.advance(1001)
    await sweep(store)
    await claim(store)
    await applied(store, changes.released({ jobId: job.id, fence: 2 }))
    await claim(store)
    await clock.advance(leaseMs + 1)
    await applied(store, changes.lost({ jobId: job.id, fence: 3 }))
    await claim(store)
    await applied(store, changes.retryLater({ jobId: job.id, fence: 4 }, buildFailure(), 0))
    await sweep(store)
    await claim(store)
    await applied(store, changes.failed({ jobId: job.id, fence: 5 }, buildFailure()))
    await applied(store, changes.redriven(job.id))
    await claim(store)
    await applied(store, changes.cancelRequested(job.id))
    const last = await applied(store, changes.completed({ jobId: job.id, fence: 6 }, null))

    const events = await store.events(job.id)
    expect(events.map(({ type, state, fence }) => [type, state, fence])).toEqual([
      ["job.scheduled", "scheduled", 0],
      ["job.queued", "queued", 0],
      ["job.started", "running", 1],
      ["job.stage", "running", 1],
      ["job.deferred", "scheduled", 1],
      ["job.queued", "queued", 1],
      ["job.started", "running", 2],
      ["job.released", "queued", 2],
      ["job.started", "running", 3],
      ["job.lost", "queued", 3],
      ["job.started", "running", 4],
      ["job.retrying", "scheduled", 4],
      ["job.queued", "queued", 4],
      ["job.started", "running", 5],
      ["job.failed", "failed", 5],
      ["job.queued", "queued", 5],
      ["job.started", "running", 6],
      ["job.cancelling", "running", 6],
      ["job.succeeded", "succeeded", 6],
    ])
    expect(events.map(({ number }) => number)).toEqual(events.map((_, index) => index + 1))
    expect(last.eventNumber).toBe(events.length)
    const times = events.map(({ at }) => at.getTime())
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })

  test("reads the events after a number, as many as asked for", async ({ store }) => {
    const job = await enqueueAndClaim(store)
    for (const stage of ["a", "b", "c"]) await applied(store, changes.stageEntered(leaseOf(job), stage))
    const numbers = async (after?: number, limit?: number): Promise<number[]> =>
      (await store.events(job.id, after, limit)).map(({ number }) => number)
    expect(await numbers()).toEqual([1, 2, 3, 4, 5])
    expect(await numbers(3)).toEqual([4, 5])
    expect(await numbers(1, 2)).toEqual([2, 3])
    expect(await numbers(5)).toEqual([])
  })

  test("has no events of a job that does not exist", async ({ store }) => {
    expect(await store.events(newJobId())).toEqual([])
  })

  test("feeds the events of all jobs, from the beginning or after a cursor", async ({ store }) => {
    const one = await enqueue(store)
    const two = await enqueue(store, { tenant: "acme" })
    await claimJob(store, one)
    const all = await store.feed({})
    expect(all.map(({ jobId, number, type }) => [jobId, number, type])).toEqual([
      [one.id, 1, "job.queued"],
      [two.id, 1, "job.queued"],
      [one.id, 2, "job.started"],
    ])
    const { cursor: _cursor, ...event } = all[2] as FeedEvent
    expect(await store.events(one.id, 1)).toEqual([event])
    expect(await store.feed({ after: cursorOf(all, 0) })).toEqual(all.slice(1))
    expect(await store.feed({ after: cursorOf(all, 0), limit: 1 })).toEqual(all.slice(1, 2))
    expect(await store.feed({ after: cursorOf(all, 2) })).toEqual([])
    await claimJob(store, two)
    expect(await store.feed({ after: cursorOf(all, 2) })).toMatchObject([{ jobId: two.id, number: 2 }])
  })

  test("says where the feed ends, so that a reader can begin with what comes next", async ({ store }) => {
    const fromTheStart = await store.feedEnd()
    const job = await enqueue(store, { tenant: "acme" })
    const end = await store.feedEnd()
    expect(await store.feed({ after: fromTheStart })).toMatchObject([{ jobId: job.id, number: 1 }])
    expect(await store.feed({ after: end })).toEqual([])
    await claimJob(store, job)
    expect(await store.feed({ after: end })).toMatchObject([{ jobId: job.id, number: 2 }])
    expect(await store.feed({ after: end, tenant: "globex" })).toEqual([])
  })

  test("feeds the events of one tenant only when asked for one", async ({ store }) => {
    const ours = await enqueue(store, { tenant: "acme" })
    await enqueue(store, { tenant: "globex" })
    await claim(store, { limit: 2 })
    const feed = await store.feed({ tenant: "acme" })
    expect(feed.map(({ jobId, number }) => [jobId, number])).toEqual([
      [ours.id, 1],
      [ours.id, 2],
    ])
    expect(await store.feed({ tenant: "acme", after: cursorOf(feed, 0) })).toEqual(feed.slice(1))
    expect(await store.feed({ tenant: "nobody" })).toEqual([])
  })

  test("feeds every event once when it is read page by page", async ({ store }) => {
    for (let index = 0; index < 12; index++) await enqueue(store)
    await claim(store, { limit: 12 })
    const paged: FeedEvent[] = []
    for (;;) {
      const page = await store.feed({ ...after(paged), limit: 5 })
      if (page.length === 0) break
      paged.push(...page)
    }
    expect(paged).toEqual(await store.feed({}))
    expect(paged).toHaveLength(24)
  })

  stepTests(test)
}

function stepTests(test: StoreTest): void {
  const output = { projectId: "p-1", list: [1, null] }

  test("remembers what a step returned, over all attempts", async ({ store }) => {
    const job = await enqueueAndClaim(store)
    expect(await store.steps(job.id)).toEqual(new Map())
    const after = await applied(store, changes.stepDone(leaseOf(job), "parse", output))
    expect(after).toEqual(job)
    await applied(store, changes.stepDone(leaseOf(job), "nothing", null))
    expect(await store.steps(job.id)).toEqual(stepsOf({ parse: output, nothing: null }))
    await applied(store, changes.deferred(leaseOf(job), 0))
    await sweep(store)
    await claimJob(store, job)
    await applied(store, changes.stepDone({ jobId: job.id, fence: 2 }, "ask", "answer"))
    expect(await store.steps(job.id)).toEqual(stepsOf({ parse: output, nothing: null, ask: "answer" }))
  })

  test("keeps the steps of jobs apart", async ({ store }) => {
    const job = await enqueueAndClaim(store)
    const other = await enqueueAndClaim(store)
    await applied(store, changes.stepDone(leaseOf(job), "parse", output))
    expect(await store.steps(other.id)).toEqual(new Map())
  })

  test("announces no step", async ({ store }) => {
    const job = await enqueueAndClaim(store)
    await applied(store, changes.stepDone(leaseOf(job), "parse", output))
    expect(await feedOf(store)).toHaveLength(2)
  })
}

const stepsOf = (steps: object): Map<string, unknown> => new Map(Object.entries(steps))
const feedOf = (store: TestedStore): Promise<FeedEvent[]> => store.feed({})
const cursorOf = (feed: readonly FeedEvent[], index: number): string => (feed[index] as FeedEvent).cursor
const after = (feed: readonly FeedEvent[]): { after?: string } =>
  feed.length === 0 ? {} : { after: cursorOf(feed, feed.length - 1) }
