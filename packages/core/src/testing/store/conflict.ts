import { expect } from "vitest"
import * as changes from "../../change.js"
import type { ConflictPolicy, Job, NewJob } from "../../job.js"
import { finishedStates } from "../../lifecycle.js"
import { buildNewJob, leaseOf } from "../build-new-job.js"
import { applied, claim, enqueue, enqueueAndClaim, jobIn, present, read } from "./arrange.js"
import type { StoreTest, TestedStore } from "./store-test.js"

const conflictKey = "repository:1"
const policies = ["join", "coalesce", "replace"] as const satisfies readonly ConflictPolicy[]

export function conflictTests(test: StoreTest): void {
  for (const state of ["scheduled", "queued", "running"] as const) {
    test(`joins the ${state} job that has the conflict key, and changes nothing`, async (context) => {
      const existing = await jobIn(state, context, { conflictKey })
      const again = buildNewJob({ conflictKey, input: "another" })
      expect(await context.store.enqueue([again])).toEqual([{ job: existing, added: false, displaced: [] }])
      expect(await read(context.store, existing)).toEqual(existing)
      expect(await context.store.get(again.id)).toBeUndefined()
    })
  }

  for (const state of finishedStates) {
    for (const onConflict of policies) {
      test(`adds a job beside the ${state} one of the same conflict key (${onConflict})`, async (context) => {
        const existing = await jobIn(state, context, { conflictKey })
        const [enqueued] = await context.store.enqueue([buildNewJob({ conflictKey, onConflict })])
        expect(enqueued).toMatchObject({ added: true, displaced: [] })
        expect(await read(context.store, existing)).toEqual(existing)
      })
    }
  }

  for (const onConflict of policies) {
    test(`adds a job beside one that was asked to stop (${onConflict})`, async ({ store }) => {
      const running = await enqueueAndClaim(store, { conflictKey })
      const stopping = await applied(store, changes.cancelRequested(running.id))
      const [enqueued] = await store.enqueue([buildNewJob({ conflictKey, onConflict })])
      expect(enqueued).toMatchObject({ added: true, displaced: [] })
      expect(await read(store, stopping)).toEqual(stopping)
    })
  }

  test("keeps the conflict keys of types and tenants apart, and has none by default", async ({ store }) => {
    const enqueued = await store.enqueue([
      buildNewJob({ conflictKey }),
      buildNewJob({ conflictKey, type: "test.two" }),
      buildNewJob({ conflictKey, tenant: "acme" }),
      buildNewJob({ conflictKey: "repository:2" }),
      buildNewJob(),
      buildNewJob(),
    ])
    expect(enqueued.map(({ added }) => added)).toEqual([true, true, true, true, true, true])
  })

  test("makes one job of two in the same call that have the same conflict key", async ({ store }) => {
    const enqueued = await store.enqueue([1, 2].map((input) => buildNewJob({ conflictKey, input })))
    expect(enqueued.map(({ added }) => added).sort()).toEqual([false, true])
    expect(new Set(enqueued.map(({ job }) => job.id)).size).toBe(1)
  })

  test("replaces a queued job: it is cancelled and the new one added", async ({ store, clock }) => {
    const old = await enqueue(store, { conflictKey, secrets: { token: "sealed" } })
    const [enqueued] = await store.enqueue([buildNewJob({ conflictKey, onConflict: "replace" })])
    expect(enqueued).toMatchObject({ added: true, job: { state: "queued", eventNumber: 1 } })
    expect(enqueued?.displaced).toEqual([await read(store, old)])
    expect(await read(store, old)).toMatchObject({
      ...{ state: "cancelled", eventNumber: 2, secrets: {} },
      ...{ finishedAt: new Date(clock.now()), cancelRequestedAt: new Date(clock.now()) },
    })
    expect(await store.events(old.id, 1)).toMatchObject([{ number: 2, type: "job.cancelled", state: "cancelled" }])
  })

  test("replaces a running job: it is asked to stop and the new one added", async ({ store, clock }) => {
    const old = await enqueueAndClaim(store, { conflictKey })
    const [enqueued] = await store.enqueue([buildNewJob({ conflictKey, onConflict: "replace" })])
    expect(enqueued).toMatchObject({ added: true, job: { state: "queued" } })
    expect(enqueued?.displaced).toEqual([await read(store, old)])
    expect(await read(store, old)).toMatchObject({ state: "running", cancelRequestedAt: new Date(clock.now()) })
    expect(await store.events(old.id, 2)).toMatchObject([{ number: 3, type: "job.cancelling", state: "running" }])
  })

  rerunTests(test)
  preemptTests(test)
}

function rerunTests(test: StoreTest): void {
  const facts = { conflictKey, onConflict: "coalesce", input: "first" } as const

  for (const state of ["scheduled", "queued"] as const) {
    test(`coalesces with a ${state} job as if it joined it`, async (context) => {
      const existing = await jobIn(state, context, facts)
      const enqueued = await context.store.enqueue([buildNewJob({ ...facts, input: "second" })])
      expect(enqueued).toEqual([{ job: existing, added: false, displaced: [] }])
      expect(await read(context.store, existing)).toMatchObject({ rerunRequested: false, input: "first" })
    })
  }

  test("notes on a running job that it is wanted once more", async ({ store }) => {
    const running = await enqueueAndClaim(store, facts)
    const enqueued = await store.enqueue([buildNewJob({ ...facts, input: "second" })])
    const noted = { ...running, rerunRequested: true }
    expect(enqueued).toEqual([{ job: noted, added: false, displaced: [] }])
    expect(await read(store, running)).toEqual(noted)
  })

  test("queues one more job, with the latest input and secrets, when the running one succeeds", async ({ store }) => {
    const kept = {
      ...{ repositoryId: 1, priority: 4, exclusiveKey: "x", maxAttempts: 7, maxCrashes: 2, tenant: "acme" },
      ...{ limitKey: "host", timeoutMs: 90_000 },
    }
    const running = await enqueueAndClaim(store, { ...facts, ...kept, idempotencyKey: "once" })
    await enqueue(store, { ...facts, ...kept, input: "second", secrets: { token: "old" } })
    await enqueue(store, { ...facts, ...kept, input: "third", secrets: { token: "new" } })
    const change = changes.completed(leaseOf(running), null)
    const done = await applied(store, change)
    expect(done).toMatchObject({ state: "succeeded", input: "first", rerunRequested: true })
    const next = await following(store, change.rerunId)
    expect(next).toMatchObject({ ...kept, input: "third", secrets: { token: "new" } })
    expect(next).toMatchObject({ state: "queued", conflictKey, fence: 0, attempts: 0, rerunRequested: false })
    expect(next.idempotencyKey).toBeUndefined()
    expect(await store.events(next.id)).toMatchObject([{ number: 1, type: "job.queued", tenant: "acme" }])
    expect((await store.sweep({ limit: 10, redispatchAfterMs: 1000 })).undispatched).toMatchObject([{ jobId: next.id }])
    expect((await store.counts()).queued).toBe(1)
  })

  test("queues one more job when the running one fails", async ({ store }) => {
    const running = await wantedAgain(store)
    const change = changes.failed(leaseOf(running), { code: "X", message: "No.", retryable: false })
    await applied(store, change)
    expect(await following(store, change.rerunId)).toMatchObject({ state: "queued", input: "second" })
  })

  test("queues one more job when the running one crashed too often", async ({ store, clock }) => {
    const running = await wantedAgain(store)
    await clock.advance(60_000)
    const change = changes.crashed(leaseOf(running), { code: "X", message: "No.", retryable: false })
    await applied(store, change)
    expect(await following(store, change.rerunId)).toMatchObject({ state: "queued", input: "second" })
  })

  test("queues no second job while the running one is only retried, and queues it at the end", async ({ store }) => {
    const running = await wantedAgain(store)
    await applied(store, changes.retryLater(leaseOf(running), { code: "X", message: "No.", retryable: true }, 0))
    await store.sweep({ limit: 10, redispatchAfterMs: 0 })
    expect((await store.list()).jobs).toHaveLength(1)
    const [again] = await claim(store, { limit: 5 })
    expect(again).toMatchObject({ id: running.id, rerunRequested: true, input: "first" })
    const change = changes.completed({ jobId: running.id, fence: 2 }, null)
    await applied(store, change)
    expect(await following(store, change.rerunId)).toMatchObject({ input: "second" })
  })

  test("queues no second job when the running one is cancelled", async ({ store }) => {
    const running = await wantedAgain(store)
    await applied(store, changes.cancelRequested(running.id))
    await applied(store, changes.cancelAcknowledged(leaseOf(running)))
    expect((await store.list()).jobs).toHaveLength(1)
  })

  test("queues no second job when another took the conflict key meanwhile", async ({ store }) => {
    const running = await wantedAgain(store)
    const [newer] = await store.enqueue([buildNewJob({ ...facts, onConflict: "replace", input: "third" })])
    const change = changes.completed(leaseOf(running), null)
    expect(await applied(store, change)).toMatchObject({ state: "succeeded" })
    expect(await store.get(present(change.rerunId))).toBeUndefined()
    expect((await store.list()).jobs.map(({ id }) => id)).toEqual([newer?.job.id, running.id])
  })

  test("queues nothing after a job nobody wanted again", async ({ store }) => {
    const running = await enqueueAndClaim(store, facts)
    const change = changes.completed(leaseOf(running), null)
    await applied(store, change)
    expect(await store.get(present(change.rerunId))).toBeUndefined()
  })

  async function wantedAgain(store: TestedStore): Promise<Job> {
    const running = await enqueueAndClaim(store, facts)
    await enqueue(store, { ...facts, input: "second" })
    return running
  }

  async function following(store: TestedStore, id: Job["id"] | undefined): Promise<Job> {
    return read(store, { id: present(id) })
  }
}

function preemptTests(test: StoreTest): void {
  const exclusiveKey = "repository:1"
  const remove = (facts: Partial<NewJob> = {}): NewJob =>
    buildNewJob({ type: "test.two", exclusiveKey, preempts: true, ...facts })

  test("preempts every other unfinished job of the exclusive key", async (context) => {
    const { store } = context
    const done = await jobIn("succeeded", context, { exclusiveKey })
    const running = await enqueueAndClaim(store, { exclusiveKey })
    const queued = await enqueue(store, { exclusiveKey, type: "test.two" })
    const scheduled = await enqueue(store, { exclusiveKey, delayMs: 1000 })
    const [enqueued] = await store.enqueue([remove()])
    expect(enqueued).toMatchObject({ added: true, job: { state: "queued" } })
    expect(byId(enqueued?.displaced)).toEqual(
      byId([await read(store, running), await read(store, queued), await read(store, scheduled)]),
    )
    expect(await read(store, running)).toMatchObject({ state: "running", cancelRequestedAt: expect.any(Date) })
    expect(await read(store, queued)).toMatchObject({ state: "cancelled", finishedAt: expect.any(Date) })
    expect(await read(store, scheduled)).toMatchObject({ state: "cancelled" })
    expect(await read(store, done)).toEqual(done)
  })

  test("preempts nobody of another exclusive key or tenant, or without one", async ({ store }) => {
    const others = [
      await enqueue(store, { exclusiveKey: "repository:2" }),
      await enqueue(store, { exclusiveKey, tenant: "acme" }),
      await enqueue(store),
    ]
    const [enqueued] = await store.enqueue([remove()])
    expect(enqueued).toMatchObject({ added: true, displaced: [] })
    for (const other of others) expect(await read(store, other)).toEqual(other)
  })

  test("does not ask a job to stop that was asked already", async ({ store }) => {
    const running = await enqueueAndClaim(store, { exclusiveKey })
    const stopping = await applied(store, changes.cancelRequested(running.id))
    const [enqueued] = await store.enqueue([remove()])
    expect(enqueued).toMatchObject({ added: true, displaced: [] })
    expect(await read(store, stopping)).toEqual(stopping)
  })

  test("preempts nobody when it joins a job that exists", async ({ store }) => {
    await enqueue(store, { type: "test.two", exclusiveKey, conflictKey })
    const bystander = await enqueue(store, { exclusiveKey })
    const [enqueued] = await store.enqueue([remove({ conflictKey })])
    expect(enqueued).toMatchObject({ added: false, displaced: [] })
    expect(await read(store, bystander)).toEqual(bystander)
  })

  test("counts a job once that is both replaced and preempted", async ({ store }) => {
    const old = await enqueue(store, { type: "test.two", exclusiveKey, conflictKey })
    const [enqueued] = await store.enqueue([remove({ conflictKey, onConflict: "replace" })])
    expect(enqueued?.displaced.map(({ id }) => id)).toEqual([old.id])
    expect(await read(store, old)).toMatchObject({ state: "cancelled", eventNumber: 2 })
  })
}

function byId(jobs: readonly Job[] = []): Job[] {
  return [...jobs].sort((a, b) => (a.id < b.id ? -1 : 1))
}
