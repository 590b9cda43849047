import { describe, expect, it } from "vitest"
import { z } from "zod"
import { buildNewJob, controllableClock, leaseOf } from "@assay/core/testing"
import {
  changes,
  createMemoryJobStore,
  createMemoryScheduleStore,
  createMemoryWorkerRegistry,
  createRuntime,
  defineJob,
} from "../src/index.js"
import type { Job, JobReader, JobStore, Retention, RuntimeOptions } from "../src/index.js"
import { memoryParts, startRuntime } from "./helpers/memory-parts.js"

const minute = 60_000

async function finished(store: JobStore, count: number): Promise<Job[]> {
  await store.enqueue(Array.from({ length: count }, () => buildNewJob({ input: {} })))
  const { jobs } = await store.claim({
    worker: "w",
    queue: "default",
    types: ["test.one"],
    limit: count,
    leaseMs: minute,
  })
  const changed = await store.apply(jobs.map((job) => changes.completed(leaseOf(job), undefined)))
  return changed.filter((job) => job !== undefined)
}

/** A store that counts what it is asked, as a database would. */
function counted<Store extends object>(store: Store): { store: Store; asked: Record<string, number> } {
  const asked: Record<string, number> = {}
  const counting = Object.fromEntries(
    Object.entries(store).map(([name, member]) => [
      name,
      typeof member === "function"
        ? (...given: unknown[]) => {
            asked[name] = (asked[name] ?? 0) + 1
            return (member as (...values: unknown[]) => unknown)(...given)
          }
        : (member as unknown),
    ]),
  )
  return { store: counting as Store, asked }
}

function arrange(retention?: Retention) {
  const clock = controllableClock()
  const inner = createMemoryJobStore({ clock })
  const { store, asked } = counted<JobStore & JobReader>(inner)
  const options: RuntimeOptions = {
    ...{ ...memoryParts(), store, clock, role: "api" },
    ...(retention ? { retention } : {}),
  }
  return { clock, asked, inner, runtime: createRuntime(options) }
}

describe("retention", () => {
  it("forgets finished jobs about once a minute, in batches", async () => {
    const { clock, asked, inner, runtime } = arrange({ keepJobs: 3 })
    await finished(inner, 2500)
    await using running = runtime
    await running.start()
    for (let passed = 0; passed < 10; passed++) await clock.advance(1000)
    expect((await inner.counts()).succeeded).toBe(3)
    expect(asked["prune"], "1,000, 1,000 and the rest").toBe(3)
    await finished(inner, 1)
    for (let passed = 0; passed < 40; passed++) await clock.advance(1000)
    expect((await inner.counts()).succeeded, "not all the time").toBe(4)
    for (let passed = 0; passed < 30; passed++) await clock.advance(1000)
    expect((await inner.counts()).succeeded).toBe(3)
    expect(asked["prune"]).toBe(4)
  })

  it("forgets by age, and takes 0 for a limit", async () => {
    const { clock, inner, runtime } = arrange({ keepMs: 0 })
    await finished(inner, 2)
    await using running = runtime
    await running.start()
    for (let passed = 0; passed < 70; passed++) await clock.advance(1000)
    expect((await inner.counts()).succeeded).toBe(0)
  })

  it.each([undefined, {}, { keepJobs: undefined, keepMs: undefined }])(
    "asks for nothing with %o",
    async (retention) => {
      const { clock, asked, inner, runtime } = arrange(retention)
      await finished(inner, 2)
      await using running = runtime
      await running.start()
      for (let passed = 0; passed < 130; passed++) await clock.advance(1000)
      expect(asked["prune"]).toBeUndefined()
      expect((await inner.counts()).succeeded).toBe(2)
    },
  )

  it("goes on after the store could not be reached", async () => {
    const { clock, inner } = arrange()
    await finished(inner, 1)
    let broken = true
    const store: typeof inner = {
      ...inner,
      prune: (request) => (broken ? Promise.reject(new Error("no")) : inner.prune(request)),
    }
    await using running = createRuntime({ ...memoryParts(), store, clock, role: "api", retention: { keepJobs: 0 } })
    await running.start()
    for (let passed = 0; passed < 10; passed++) await clock.advance(1000)
    broken = false
    for (let passed = 0; passed < 70; passed++) await clock.advance(1000)
    expect((await inner.counts()).succeeded).toBe(0)
  })
})

describe("what a definition does not say", () => {
  const plain = defineJob({ type: "test.plain", input: z.object({}) })
  const own = defineJob({ type: "test.own", input: z.object({}), attempts: 2, backoff: { maxMs: 1 } })

  it("is as the runtime says: attempts and backoff", async () => {
    const parts = memoryParts()
    const delays: (number | undefined)[] = []
    await using runtime = await startRuntime(
      { ...parts, attempts: 4, backoff: { baseMs: 20, maxMs: 40 } },
      ({ worker }) => {
        const fail = (): Promise<never> => Promise.reject(new Error("no"))
        worker.handle(plain, fail)
        worker.handle(own, fail)
      },
    )
    for (const definition of [plain, own]) {
      const job = await runtime.client.enqueue(definition, {})
      await job.result().catch(() => {})
      expect((await job.get()).attempts).toBe(definition === plain ? 4 : 2)
      for (const event of await parts.store.events(job.id))
        if (event.type === "job.retrying") delays.push(event.data.delayMs)
    }
    expect(delays).toHaveLength(4)
  })

  it("is capped by what the definition does say", async () => {
    const parts = memoryParts()
    const runtime = createRuntime({ busyEveryMs: 50, ...parts, backoff: { baseMs: 30, maxMs: 50 }, random: () => 1 })
    const fail = (): Promise<never> => Promise.reject(new Error("no"))
    runtime.worker.handle(plain, fail)
    runtime.worker.handle(own, fail)
    await using running = runtime
    await running.start()
    const delaysOf = async (definition: typeof plain): Promise<(number | undefined)[]> => {
      const job = await running.client.enqueue(definition, {})
      await job.result().catch(() => {})
      const events = await parts.store.events(job.id)
      return events.filter(({ type }) => type === "job.retrying").map(({ data }) => data.delayMs)
    }
    expect(await delaysOf(plain)).toEqual([30, 50])
    expect(await delaysOf(own)).toEqual([1])
  })
})

describe("a process with nothing to do", () => {
  it("asks its stores at most 30 times a minute, with retention, schedules and a registry of workers", async () => {
    const clock = controllableClock()
    const jobs = counted<JobStore & JobReader>(createMemoryJobStore({ clock }))
    const schedules = counted(createMemoryScheduleStore({ clock }))
    const workers = counted(createMemoryWorkerRegistry({ jobs: jobs.store, clock }))
    const runtime = createRuntime({
      ...{ ...memoryParts(), store: jobs.store, clock, retention: { keepJobs: 10 } },
      ...{ schedules: schedules.store, workers: workers.store },
    })
    const idle = defineJob({ type: "test.idle", input: z.object({}) })
    runtime.worker.handle(idle, async () => undefined)
    await using running = runtime
    await running.start()
    await running.client.schedules.put(idle, {}, { every: "1d" })
    for (let passed = 0; passed < 10; passed++) await clock.advance(1000)
    const total = (): number =>
      [jobs.asked, schedules.asked, workers.asked].flatMap((counts) => Object.values(counts)).reduce((a, b) => a + b, 0)
    const before = total()
    for (let passed = 0; passed < 10 * 60; passed++) await clock.advance(1000)
    expect((total() - before) / 10).toBeLessThanOrEqual(30)
  })
})
