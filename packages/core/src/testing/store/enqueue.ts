import { expect } from "vitest"
import type { Json } from "../../job.js"
import { buildNewJob } from "../build-new-job.js"
import { enqueue, read } from "./arrange.js"
import type { StoreTest } from "./store-test.js"

export function enqueueTests(test: StoreTest): void {
  test("adds a queued job with what it was given and nothing more", async ({ store, clock }) => {
    const job = buildNewJob({
      tenant: "acme",
      type: "test.two",
      queue: "analysis",
      input: { repositoryId: 7, deep: [1, { two: null }] },
      repositoryId: 7,
      priority: 5,
      conflictKey: "repository:7",
      exclusiveKey: "repository:7",
      idempotencyKey: "once",
      maxAttempts: 4,
      maxCrashes: 2,
      limitKey: "github.com",
      timeoutMs: 90_000,
      secrets: { token: "sealed" },
    })
    const [enqueued] = await store.enqueue([job])
    const now = new Date(clock.now())
    expect(enqueued).toEqual({ job: await store.get(job.id), added: true, displaced: [] })
    expect(enqueued?.job).toEqual({
      id: job.id,
      tenant: "acme",
      type: "test.two",
      queue: "analysis",
      input: { repositoryId: 7, deep: [1, { two: null }] },
      repositoryId: 7,
      priority: 5,
      conflictKey: "repository:7",
      exclusiveKey: "repository:7",
      idempotencyKey: "once",
      state: "queued",
      fence: 0,
      attempts: 0,
      maxAttempts: 4,
      crashes: 0,
      maxCrashes: 2,
      limitKey: "github.com",
      timeoutMs: 90_000,
      runAt: now,
      rerunRequested: false,
      secrets: { token: "sealed" },
      eventNumber: 1,
      createdAt: now,
    })
  })

  test("leaves undefined what a job does not have", async ({ store }) => {
    const job = await enqueue(store)
    const absent = ["repositoryId", "conflictKey", "exclusiveKey", "idempotencyKey", "limitKey"] as const
    const later = ["cancelRequestedAt", "cancelReason", "stage", "progress", "result", "failure"] as const
    const attempt = ["leaseUntil", "worker", "startedAt", "finishedAt"] as const
    for (const name of [...absent, ...later, ...attempt]) expect(job[name], name).toBeUndefined()
  })

  test("schedules a job that has a delay", async ({ store, clock }) => {
    const job = await enqueue(store, { delayMs: 60_000 })
    expect(job).toMatchObject({ state: "scheduled", runAt: new Date(clock.now() + 60_000), eventNumber: 1 })
    const events = await store.events(job.id)
    expect(events).toMatchObject([{ number: 1, type: "job.scheduled", state: "scheduled", fence: 0 }])
  })

  test("announces a queued job as its first event", async ({ store, clock }) => {
    const job = await enqueue(store, { tenant: "acme" })
    expect(await store.events(job.id)).toEqual([
      {
        ...{ number: 1, jobId: job.id, tenant: "acme", type: "job.queued", state: "queued", fence: 0 },
        ...{ data: {}, at: new Date(clock.now()) },
      },
    ])
  })

  test("answers in the order of the question", async ({ store }) => {
    const jobs = Array.from({ length: 50 }, (_, index) => buildNewJob({ input: index, priority: index % 7 }))
    const enqueued = await store.enqueue(jobs)
    expect(enqueued.map(({ job }) => job.id)).toEqual(jobs.map(({ id }) => id))
    expect(enqueued.map(({ job }) => job.input)).toEqual(jobs.map(({ input }) => input))
    expect(enqueued.every(({ added }) => added)).toBe(true)
  })

  test("adds nothing when it is asked for nothing", async ({ store }) => {
    expect(await store.enqueue([])).toEqual([])
    expect((await store.list()).jobs).toEqual([])
  })

  const inputs: Json[] = [null, true, 0, -1.5, "", 'naïve – 雪 "quoted" \\ \n', [], {}, [[{ a: [null] }]], { "": 1 }]
  for (const input of inputs) {
    test(`gives back the input ${JSON.stringify(input)} as it was`, async ({ store }) => {
      const job = await enqueue(store, { input })
      expect(job.input).toStrictEqual(input)
      expect((await read(store, job)).input).toStrictEqual(input)
    })
  }
}
