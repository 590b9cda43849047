import { describe, expect, test as declareTest } from "vitest"
import { newJobId } from "../job-id.js"
import type { NewSchedule, ScheduledJob, ScheduleStore } from "../schedule.js"
import type { ControllableClock } from "./controllable-clock.js"
import { controllableClock } from "./controllable-clock.js"
import { buildNewJob } from "./build-new-job.js"

/** A schedule store to be tested. Disposed of after its test. */
export interface ScheduleStoreUnderTest extends Partial<AsyncDisposable> {
  readonly store: ScheduleStore
}

export interface ScheduleStoreSuiteOptions {
  /** Makes an empty store, whose time is `clock.now()` and nothing else. Called for each test. */
  create(clock: ControllableClock): ScheduleStoreUnderTest | Promise<ScheduleStoreUnderTest>
}

interface Context {
  readonly store: ScheduleStore
  readonly clock: ControllableClock
  /** So many milliseconds from now. */
  at(inMs: number): Date
}

type ScheduleStoreTest = (name: string, run: (context: Context) => Promise<void>) => void

/** Declares the tests that every schedule store has to pass. Call it at the top of a test file. */
export function describeScheduleStore(name: string, options: ScheduleStoreSuiteOptions): void {
  const test: ScheduleStoreTest = (sentence, run) =>
    declareTest(sentence, async () => {
      const clock = controllableClock()
      const made = await options.create(clock)
      try {
        await run({ store: made.store, clock, at: (inMs) => new Date(clock.now() + inMs) })
      } finally {
        await made[Symbol.asyncDispose]?.()
      }
    })
  describe(`${name} schedule store`, () => {
    describe("put", () => putTests(test))
    describe("read", () => readTests(test))
    describe("due", () => dueTests(test))
    describe("advance", () => advanceTests(test))
  })
}

function buildSchedule(facts: Partial<NewSchedule> & Pick<NewSchedule, "nextAt">): NewSchedule {
  return { id: "nightly", tenant: "default", recurrence: { everyMs: 60_000 }, job: buildScheduledJob(), ...facts }
}

function buildScheduledJob(facts: Partial<ScheduledJob> = {}): ScheduledJob {
  const { id: _id, tenant: _tenant, delayMs: _delay, secrets: _secrets, ...job } = buildNewJob()
  return { ...job, ...facts }
}

function putTests(test: ScheduleStoreTest): void {
  test("remembers a schedule as it was given", async ({ store, at }) => {
    const given = buildSchedule({
      nextAt: at(500),
      recurrence: { cron: "0 3 * * *", timezone: "Europe/Berlin" },
      job: buildScheduledJob({
        repositoryId: 7,
        conflictKey: "a",
        onConflict: "coalesce",
        priority: -1,
        input: [1, "x"],
      }),
    })
    const schedule = await store.put(given)
    expect(schedule).toEqual({ ...given, lastAt: undefined, lastJobId: undefined, createdAt: at(0) })
    expect(await store.get("default", "nightly")).toEqual(schedule)
  })

  test("replaces the one of its id, and keeps when it was made and what it did", async ({ store, clock, at }) => {
    const first = await store.put(buildSchedule({ nextAt: at(0) }))
    const job = { id: newJobId() }
    await store.advance(first, job, at(60_000))
    await clock.advance(1000)
    const given = buildSchedule({
      nextAt: at(5000),
      recurrence: { everyMs: 5000 },
      job: buildScheduledJob({ input: 2 }),
    })
    const second = await store.put(given)
    expect(second).toEqual({ ...given, lastAt: first.nextAt, lastJobId: job.id, createdAt: first.createdAt })
    expect(await store.list("default")).toEqual([second])
  })
}

function readTests(test: ScheduleStoreTest): void {
  test("has no schedule that does not exist", async ({ store }) => {
    expect(await store.get("default", "nightly")).toBeUndefined()
    expect(await store.list("default")).toEqual([])
    expect(await store.remove("default", "nightly")).toBe(false)
  })

  test("keeps the schedules of tenants apart, though their ids are the same", async ({ store, at }) => {
    const ours = await store.put(buildSchedule({ nextAt: at(500) }))
    const theirs = await store.put(buildSchedule({ nextAt: at(900), tenant: "acme" }))
    expect(await store.get("default", "nightly")).toEqual(ours)
    expect(await store.get("acme", "nightly")).toEqual(theirs)
    expect(await store.list("acme")).toEqual([theirs])
    expect(await store.remove("acme", "nightly")).toBe(true)
    expect(await store.get("acme", "nightly")).toBeUndefined()
    expect(await store.get("default", "nightly")).toEqual(ours)
  })

  test("lists schedules in the order of their ids, all or those of one repository", async ({ store, at }) => {
    const job = buildScheduledJob({ repositoryId: 7 })
    await store.put(buildSchedule({ nextAt: at(1), id: "c", job }))
    await store.put(buildSchedule({ nextAt: at(2), id: "B" }))
    await store.put(buildSchedule({ nextAt: at(3), id: "a", job }))
    await store.put(buildSchedule({ nextAt: at(3), id: "d", job, tenant: "acme" }))
    expect((await store.list("default")).map(({ id }) => id)).toEqual(["B", "a", "c"])
    expect((await store.list("default", { repositoryId: 7 })).map(({ id }) => id)).toEqual(["a", "c"])
    expect(await store.list("default", { repositoryId: 8 })).toEqual([])
  })
}

function dueTests(test: ScheduleStoreTest): void {
  test("tells the time, and that nothing is planned", async ({ store, at }) => {
    expect(await store.due(10)).toEqual({ schedules: [], now: at(0), nextInMs: undefined })
  })

  test("finds what is due, of all tenants, the longest overdue first", async ({ store, clock, at }) => {
    await store.put(buildSchedule({ nextAt: at(300), id: "a" }))
    await store.put(buildSchedule({ nextAt: at(200), id: "b", tenant: "acme" }))
    await store.put(buildSchedule({ nextAt: at(900), id: "c" }))
    await store.put(buildSchedule({ nextAt: at(800), id: "d" }))
    expect(await store.due(10)).toMatchObject({ schedules: [], nextInMs: 200 })
    await clock.advance(300)
    const found = await store.due(10)
    expect(found.schedules.map(({ id }) => id)).toEqual(["b", "a"])
    expect(found).toMatchObject({ now: at(0), nextInMs: 500 })
    expect(await store.due(1)).toMatchObject({ schedules: [{ id: "b" }], nextInMs: 500 })
    expect(await store.due(0)).toEqual({ schedules: [], now: at(0), nextInMs: 500 })
  })

  test("tells that nothing comes after what is due", async ({ store, at }) => {
    const schedule = await store.put(buildSchedule({ nextAt: at(0) }))
    expect(await store.due(10)).toEqual({ schedules: [schedule], now: at(0), nextInMs: undefined })
  })
}

function advanceTests(test: ScheduleStoreTest): void {
  test("notes the job and moves on", async ({ store, clock, at }) => {
    const schedule = await store.put(buildSchedule({ nextAt: at(100) }))
    await clock.advance(150)
    const job = { id: newJobId() }
    expect(await store.advance(schedule, job, at(1000))).toBe(true)
    const after = { ...schedule, nextAt: at(1000), lastAt: schedule.nextAt, lastJobId: job.id }
    expect(await store.get("default", "nightly")).toEqual(after)
    expect(await store.due(10)).toMatchObject({ schedules: [], nextInMs: 1000 })
  })

  test("lets one of many who try succeed", async ({ store, at }) => {
    const schedule = await store.put(buildSchedule({ nextAt: at(0) }))
    const tries = Array.from({ length: 10 }, () => store.advance(schedule, { id: newJobId() }, at(1000)))
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1)
  })

  test("does not move a schedule that was changed or removed meanwhile", async ({ store, at }) => {
    const schedule = await store.put(buildSchedule({ nextAt: at(0) }))
    const changed = await store.put(buildSchedule({ nextAt: at(5000) }))
    expect(await store.advance(schedule, { id: newJobId() }, at(1000))).toBe(false)
    expect(await store.get("default", "nightly")).toEqual(changed)
    await store.remove("default", "nightly")
    expect(await store.advance(changed, { id: newJobId() }, at(1000))).toBe(false)
    expect(await store.list("default")).toEqual([])
  })

  test("moves the schedule of one tenant only", async ({ store, at }) => {
    const ours = await store.put(buildSchedule({ nextAt: at(0) }))
    const theirs = await store.put(buildSchedule({ nextAt: at(0), tenant: "acme" }))
    await store.advance(ours, { id: newJobId() }, at(1000))
    expect(await store.get("acme", "nightly")).toEqual(theirs)
  })
}
