import { expect } from "vitest"
import * as changes from "../../change.js"
import type { JobChange } from "../../change.js"
import type { Lease } from "../../job.js"
import { buildFailure, leaseOf } from "../build-new-job.js"
import { applied, claim, enqueue, enqueueAndClaim, jobIn, read, refused, sweep } from "./arrange.js"
import { changeFor } from "./guards.js"
import type { StoreTest } from "./store-test.js"

const failure = buildFailure({ code: "REMOTE_GONE", message: "The remote is gone.", hint: "Look at the URL." })

/** What a change carries reaches the row, the attempt and the event. */
export function effectTests(test: StoreTest): void {
  test("keeps the result of a job that succeeds", async ({ store }) => {
    const job = await enqueueAndClaim(store)
    const done = await applied(store, changes.completed(leaseOf(job), { commits: 3, nested: [null, "x"] }))
    expect(done).toMatchObject({ attempts: 1, crashes: 0 })
    expect(done.result).toStrictEqual({ commits: 3, nested: [null, "x"] })
    expect((await read(store, job)).result).toStrictEqual({ commits: 3, nested: [null, "x"] })
  })

  test("has no result where the handler returned none", async ({ store }) => {
    const job = await enqueueAndClaim(store)
    expect((await applied(store, changes.completed(leaseOf(job), undefined))).result).toBeUndefined()
  })

  test("forgets an earlier attempt's failure when the job succeeds", async ({ store, clock }) => {
    const first = await enqueueAndClaim(store)
    await applied(store, changes.retryLater(leaseOf(first), failure, 1000))
    await clock.advance(1001)
    await sweep(store)
    const [second] = await claim(store)
    expect(second?.failure).toEqual(failure)
    const done = await applied(store, changes.completed({ jobId: first.id, fence: 2 }, null))
    expect(done.failure).toBeUndefined()
    expect((await store.attempts(first.id)).map((attempt) => attempt.failure)).toEqual([failure, undefined])
  })

  test("schedules a retry, with its failure, and spends the attempt", async ({ store, clock }) => {
    const job = await enqueueAndClaim(store)
    const after = await applied(store, changes.retryLater(leaseOf(job), failure, 5000))
    expect(after).toMatchObject({ attempts: 1, failure, runAt: new Date(clock.now() + 5000) })
    expect((await store.attempts(job.id))[0]).toMatchObject({ outcome: "failed", failure })
    expect((await store.events(job.id)).at(-1)?.data).toEqual({ failure, delayMs: 5000 })
  })

  test("schedules a deferred job and gives the attempt back", async ({ store, clock }) => {
    const job = await enqueueAndClaim(store)
    const after = await applied(store, changes.deferred(leaseOf(job), 5000))
    expect(after).toMatchObject({ attempts: 0, fence: 1, runAt: new Date(clock.now() + 5000) })
    expect((await store.events(job.id)).at(-1)?.data).toEqual({ delayMs: 5000 })
  })

  test("queues a released job and gives the attempt back", async ({ store, clock }) => {
    const job = await enqueueAndClaim(store)
    await clock.advance(100)
    const after = await applied(store, changes.released(leaseOf(job)))
    expect(after).toMatchObject({ attempts: 0, crashes: 0, fence: 1, runAt: job.runAt })
  })

  test("queues a lost job, gives the attempt back and counts a crash", async ({ store, clock }) => {
    const job = await enqueueAndClaim(store)
    await clock.advance(10_001)
    expect(await applied(store, changes.lost(leaseOf(job)))).toMatchObject({ attempts: 0, crashes: 1, fence: 1 })
  })

  test("parks a job that crashed too often, with its reason", async ({ store, clock }) => {
    const job = await enqueueAndClaim(store)
    await clock.advance(10_001)
    const after = await applied(store, changes.crashed(leaseOf(job), failure))
    expect(after).toMatchObject({ state: "failed", attempts: 0, crashes: 1, failure })
    expect((await store.attempts(job.id))[0]).toMatchObject({ outcome: "lost", failure })
    expect((await store.events(job.id)).at(-1)).toMatchObject({ type: "job.failed", data: { failure } })
  })

  test("shows stage and progress of a running job, the last one each; a new stage begins at nothing", async ({
    store,
  }) => {
    const job = await enqueueAndClaim(store)
    await applied(store, changes.stageEntered(leaseOf(job), "fetch"))
    await applied(store, changes.progressMade(leaseOf(job), { done: 1 }))
    const during = await applied(store, changes.progressMade(leaseOf(job), { done: 2, total: 4, unit: "commits" }))
    expect(during).toMatchObject({ stage: "fetch", progress: { done: 2, total: 4, unit: "commits" } })
    const after = await applied(store, changes.stageEntered(leaseOf(job), "commits"))
    expect(after).toMatchObject({ stage: "commits" })
    expect(after.progress).toEqual({ done: 0 })
    expect((await store.events(job.id, 2)).map(({ type, data }) => [type, data])).toEqual([
      ["job.stage", { stage: "fetch" }],
      ["job.stage", { stage: "commits" }],
    ])
  })

  const ending = ["complete", "fail", "crash", "acknowledgeCancel"] as const
  for (const name of ending) {
    test(`drops the secrets of a job with ${name}`, async ({ store, clock }) => {
      const job = await enqueueAndClaim(store, { secrets: { token: "sealed" } })
      expect(job.secrets).toEqual({ token: "sealed" })
      await clock.advance(10_001)
      const after = await applied(store, (changeFor[name] as (lease: Lease) => JobChange)(leaseOf(job)))
      expect(after.secrets).toEqual({})
      expect((await read(store, job)).secrets).toEqual({})
      expect(JSON.stringify([await store.events(job.id), await store.feed({})])).not.toContain("sealed")
    })
  }

  test("drops the secrets of a job that is cancelled before it runs", async ({ store }) => {
    const job = await enqueue(store, { secrets: { token: "sealed" } })
    expect((await applied(store, changes.cancelled(job.id))).secrets).toEqual({})
  })

  test("keeps the secrets of a job that will run again", async ({ store }) => {
    const job = await enqueueAndClaim(store, { secrets: { token: "sealed" } })
    const after = await applied(store, changes.retryLater(leaseOf(job), failure, 1000))
    expect(after.secrets).toEqual({ token: "sealed" })
  })

  for (const state of ["failed", "cancelled"] as const) {
    test(`starts a ${state} job afresh when it is redriven, and keeps its history`, async (context) => {
      const { store, clock } = context
      const job = await jobIn(state, context, { secrets: { token: "sealed" } })
      const history = { attempts: await store.attempts(job.id), events: await store.events(job.id) }
      await clock.advance(1000)
      const after = await applied(store, changes.redriven(job.id))
      expect(after).toMatchObject({ state: "queued", attempts: 0, crashes: 0, fence: 1, secrets: {} })
      expect(after).toMatchObject({ runAt: new Date(clock.now()), startedAt: job.startedAt, createdAt: job.createdAt })
      const cleared = ["failure", "result", "cancelRequestedAt", "cancelReason", "stage", "progress", "finishedAt"]
      for (const name of cleared as (keyof typeof after)[]) expect(after[name], name).toBeUndefined()
      expect(await store.attempts(job.id)).toEqual(history.attempts)
      expect((await store.events(job.id)).slice(0, -1)).toEqual(history.events)
      expect((await store.events(job.id)).at(-1)).toMatchObject({ type: "job.queued", state: "queued" })
      expect((await claim(store))[0]).toMatchObject({ id: job.id, fence: 2, attempts: 1 })
    })
  }

  test("redrives with crashes, stage, progress and a rerun request behind it", async ({ store, clock }) => {
    const facts = { conflictKey: "repository:1", onConflict: "coalesce" } as const
    const job = await enqueueAndClaim(store, facts)
    await applied(store, changes.stageEntered(leaseOf(job), "fetch"))
    await applied(store, changes.progressMade(leaseOf(job), { done: 1 }))
    await enqueue(store, facts)
    await applied(store, changes.cancelRequested(job.id, "not wanted"))
    await clock.advance(10_001)
    expect(await applied(store, changes.lost(leaseOf(job)))).toMatchObject({ state: "cancelled", crashes: 1 })
    const after = await applied(store, changes.redriven(job.id))
    expect(after).toMatchObject({ state: "queued", crashes: 0, rerunRequested: false })
    expect([after.stage, after.progress, after.cancelRequestedAt, after.cancelReason]).toEqual([
      ...[undefined, undefined, undefined, undefined],
    ])
  })

  test("checks the states a change was made for, not those of its name", async ({ store }) => {
    const job = await enqueueAndClaim(store)
    await refused(store, { ...changes.cancelRequested(job.id), from: ["queued"] })
    expect(await read(store, job)).toEqual(job)
  })
}
