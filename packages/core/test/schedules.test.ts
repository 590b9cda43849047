import { describe, expect, it } from "vitest"
import { z } from "zod"
import { controllableClock } from "@assay/core/testing"
import type { ControllableClock } from "@assay/core/testing"
import {
  createMemoryJobStore,
  createMemoryNotifier,
  createMemoryQueue,
  createMemoryScheduleStore,
  createRuntime,
  defineJob,
} from "../src/index.js"
import type { ConflictPolicy, Job, RuntimeOptions, ScheduleStore } from "../src/index.js"
import { memoryParts } from "./helpers/memory-parts.js"

const visit = defineJob({
  type: "test.visit",
  input: z.object({ repositoryId: z.int() }),
  repository: (input) => input.repositoryId,
  onConflict: "allow",
})

const minute = 60_000

/** What several processes share, on a clock that the test moves. */
function parts() {
  const clock = controllableClock()
  const store = createMemoryJobStore({ clock })
  const schedules = createMemoryScheduleStore({ clock })
  const runtime = (options: Partial<RuntimeOptions> = {}) =>
    createRuntime({
      ...{ store, schedules, clock, queue: createMemoryQueue(), notifier: createMemoryNotifier(), role: "api" },
      ...options,
    })
  const jobs = async (): Promise<Job[]> => [...(await store.list({ limit: 1000 })).jobs].reverse()
  return { clock, store, schedules, runtime, jobs }
}

/** Moves time in small steps, as it passes for those who sleep until something is due. */
async function pass(clock: ControllableClock, ms: number, stepMs = 1000): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) await clock.advance(Math.min(stepMs, ms - passed))
}

describe("client.schedules", () => {
  it("refuses what can never work, before anything is written", async () => {
    const { runtime, schedules } = parts()
    const { client } = runtime()
    const refused = { code: "INVALID_INPUT" }
    await expect(client.schedules.put(visit, { repositoryId: 0.5 }, { every: "1h" })).rejects.toMatchObject(refused)
    const input = { repositoryId: 1 }
    await expect(client.schedules.put(visit, input, { every: "10ms" })).rejects.toMatchObject(refused)
    await expect(client.schedules.put(visit, input, { cron: "nonsense" })).rejects.toMatchObject(refused)
    await expect(client.schedules.put(visit, input, { every: "1h", id: "a b" })).rejects.toMatchObject(refused)
    expect(await schedules.list("default")).toEqual([])
  })

  it("cannot be had without a store for them", async () => {
    const { client } = createRuntime(memoryParts())
    await expect(client.schedules.put(visit, { repositoryId: 1 }, { every: "1h" })).rejects.toMatchObject({
      code: "UNSUPPORTED",
    })
    await expect(client.schedules.list()).rejects.toMatchObject({ code: "UNSUPPORTED" })
  })

  it("remembers what the job will be, for each tenant by itself", async () => {
    const { runtime, clock } = parts()
    const { client } = runtime({ attempts: 7 })
    const schedule = await client.schedules.put(visit, { repositoryId: 4 }, { id: "a", every: "1h", priority: 2 })
    expect(schedule).toMatchObject({
      ...{ id: "a", tenant: "default", recurrence: { everyMs: 60 * minute } },
      nextAt: new Date(clock.now() + 60 * minute),
      job: { type: "test.visit", repositoryId: 4, priority: 2, maxAttempts: 7 },
    })
    expect(Object.keys(schedule.job)).not.toContain("secrets")
    const other = client.forTenant("acme").schedules
    expect(await other.get("a")).toBeUndefined()
    expect(await other.remove("a")).toBe(false)
    expect(await client.schedules.list({ repositoryId: 4 })).toEqual([schedule])
    expect(await client.schedules.remove("a")).toBe(true)
    expect(await client.schedules.list()).toEqual([])
  })

  it("does not put off the moment of one that is put again as it was", async () => {
    const { runtime, clock } = parts()
    const { client } = runtime()
    const put = (every: "1h" | "2h", repositoryId = 1) =>
      client.schedules.put(visit, { repositoryId }, { id: "a", every })
    const first = await put("1h")
    await clock.advance(10 * minute)
    expect(await put("1h", 2)).toMatchObject({ nextAt: first.nextAt, job: { input: { repositoryId: 2 } } })
    expect((await put("2h")).nextAt).toEqual(new Date(clock.now() + 120 * minute))
  })

  it("takes the store's word for the time", async () => {
    const ahead = controllableClock(Date.UTC(2026, 5, 1, 12, 0, 30))
    const { runtime } = parts()
    const { client } = runtime({ clock: ahead })
    const schedule = await client.schedules.put(visit, { repositoryId: 1 }, { cron: "0 * * * *" })
    expect(schedule.nextAt.toISOString()).toBe("2026-01-01T13:00:00.000Z")
  })
})

describe("a schedule", () => {
  it("makes a job at each of its moments", async () => {
    const { runtime, clock, jobs, schedules } = parts()
    await using running = runtime()
    await running.start()
    const { nextAt } = await running.client.schedules.put(visit, { repositoryId: 1 }, { id: "a", every: "1m" })
    await pass(clock, minute - 1000)
    expect(await jobs()).toEqual([])
    await pass(clock, 3 * minute)
    const made = await jobs()
    const expected = [0, 1, 2].map((count) => new Date(nextAt.getTime() + count * minute))
    expect(made.map(({ createdAt }) => createdAt)).toEqual(expected)
    expect(made[0]).toMatchObject({
      ...{ type: "test.visit", input: { repositoryId: 1 }, state: "queued" },
      idempotencyKey: `schedule/default/a/${nextAt.toISOString()}`,
    })
    expect(await schedules.get("default", "a")).toMatchObject({ lastAt: expected[2], lastJobId: made[2]?.id })
    await running.client.schedules.remove("a")
    await pass(clock, 2 * minute)
    expect(await jobs()).toHaveLength(3)
  })

  it("wakes recovery at its moment, and is heard of when another process puts it", async () => {
    const { runtime, clock, jobs } = parts()
    await using running = runtime()
    await running.start()
    await clock.advance(40)
    await runtime().client.schedules.put(visit, { repositoryId: 1 }, { every: "31s" })
    await pass(clock, 30_000)
    expect(await jobs()).toEqual([])
    await pass(clock, 1000)
    expect(await jobs()).toHaveLength(1)
  })

  it("makes up for the moments that nobody was there for by one job", async () => {
    const { runtime, clock, jobs } = parts()
    const { nextAt } = await runtime().client.schedules.put(visit, { repositoryId: 1 }, { id: "a", every: "1m" })
    await clock.advance(10.5 * minute)
    await using running = runtime()
    await running.start()
    // Recovery sleeps when it has done what there was to do.
    await expect.poll(() => clock.sleepers).toBe(1)
    expect(await jobs()).toHaveLength(1)
    await pass(clock, minute)
    expect((await jobs()).map(({ createdAt }) => createdAt.getTime() - nextAt.getTime())).toEqual([
      9.5 * minute,
      10 * minute,
    ])
  })

  it("makes one job per moment when many processes look after it", async () => {
    const { runtime, clock, jobs } = parts()
    await using first = runtime()
    await using second = runtime()
    await using third = runtime()
    for (const each of [first, second, third]) await each.start()
    await first.client.schedules.put(visit, { repositoryId: 1 }, { every: "10s" })
    await pass(clock, minute, 500)
    const made = (await jobs()).map(({ idempotencyKey }) => idempotencyKey)
    expect(made).toHaveLength(6)
    expect(new Set(made).size).toBe(6)
  })

  it("is not fired twice when a process dies between the job and the note of it", async () => {
    const { runtime, clock, schedules, jobs } = parts()
    let dying = true
    const deadly: ScheduleStore = {
      ...schedules,
      advance: (...given) => (dying ? Promise.reject(new Error("killed")) : schedules.advance(...given)),
    }
    await using running = runtime({ schedules: deadly })
    await running.start()
    await running.client.schedules.put(visit, { repositoryId: 1 }, { id: "a", every: "1m" })
    await pass(clock, minute + 20_000)
    const [job, ...more] = await jobs()
    expect(more).toEqual([])
    expect((await schedules.get("default", "a"))?.lastJobId).toBeUndefined()
    dying = false
    await pass(clock, 30_000)
    expect(await jobs()).toHaveLength(1)
    expect((await schedules.get("default", "a"))?.lastJobId).toBe(job?.id)
    await pass(clock, 30_000)
    expect(await jobs()).toHaveLength(2)
  })

  it("does not keep others from firing when it cannot", async () => {
    const { runtime, clock, store, jobs } = parts()
    const picky: typeof store = {
      ...store,
      enqueue: (asked, tx) =>
        asked.some(({ repositoryId }) => repositoryId === 1)
          ? Promise.reject(new Error("no"))
          : store.enqueue(asked, tx),
    }
    await using running = runtime({ store: picky })
    await running.start()
    await running.client.schedules.put(visit, { repositoryId: 1 }, { id: "a", every: "1m" })
    await running.client.schedules.put(visit, { repositoryId: 2 }, { id: "b", every: "1m" })
    await pass(clock, 2 * minute)
    expect((await jobs()).map(({ repositoryId }) => repositoryId)).toEqual([2, 2])
  })

  const policies: [ConflictPolicy, string[]][] = [
    ["join", ["queued"]],
    ["replace", ["cancelled", "cancelled", "queued"]],
  ]
  it.each(policies)("heeds its definition when the last job still waits: %s", async (onConflict, states) => {
    const { runtime, clock, jobs } = parts()
    await using running = runtime()
    await running.start()
    const definition = defineJob({
      ...{ type: "test.visit", input: z.object({ repositoryId: z.int() }), onConflict },
      repository: (input) => input.repositoryId,
    })
    await running.client.schedules.put(definition, { repositoryId: 1 }, { every: "1m" })
    await pass(clock, 3 * minute)
    expect((await jobs()).map(({ state }) => state)).toEqual(states)
  })
})
