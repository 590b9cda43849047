import { describe, expect, test as declareTest } from "vitest"
import type { JobReader, JobStore } from "../store.js"
import type { WorkerRegistry, WorkerReport } from "../worker-registry.js"
import { buildNewJob, leaseOf } from "./build-new-job.js"
import * as changes from "../change.js"
import type { ControllableClock } from "./controllable-clock.js"
import { controllableClock } from "./controllable-clock.js"

/** A registry to be tested, and the job store whose running jobs it counts. Disposed of after its test. */
export interface WorkerRegistryUnderTest extends Partial<AsyncDisposable> {
  readonly registry: WorkerRegistry
  readonly store: JobStore & JobReader
}

export interface WorkerRegistrySuiteOptions {
  /** Makes an empty registry and an empty store, whose time is `clock.now()` and nothing else. Called for each test. */
  create(clock: ControllableClock): WorkerRegistryUnderTest | Promise<WorkerRegistryUnderTest>
}

function buildReport(facts: Partial<WorkerReport> = {}): WorkerReport {
  const queues = [{ name: "default", concurrency: 5, types: ["test.one", "test.two"] }]
  return { id: "host-1-abc", host: "host", pid: 1, queues, stopping: false, ...facts }
}

/** Declares the tests that every registry of workers has to pass. Call it at the top of a test file. */
export function describeWorkerRegistry(name: string, options: WorkerRegistrySuiteOptions): void {
  const test = (
    sentence: string,
    run: (context: WorkerRegistryUnderTest & { clock: ControllableClock }) => Promise<void>,
  ): void =>
    declareTest(sentence, async () => {
      const clock = controllableClock()
      const made = await options.create(clock)
      try {
        await run({ registry: made.registry, store: made.store, clock })
      } finally {
        await made[Symbol.asyncDispose]?.()
      }
    })

  describe(`${name} worker registry`, () => {
    test("knows nobody at first", async ({ registry }) => {
      expect(await registry.live()).toEqual([])
      await registry.leave("host-1-abc")
    })

    test("shows a worker as it said it was, since its first report", async ({ registry, clock }) => {
      const startedAt = new Date(clock.now())
      await registry.report(buildReport(), 10_000)
      expect(await registry.live()).toEqual([{ ...buildReport(), startedAt, seenAt: startedAt, busy: 0 }])
      await clock.advance(4000)
      const later = buildReport({ stopping: true, queues: [{ name: "analysis", concurrency: 2, types: [] }] })
      await registry.report(later, 10_000)
      expect(await registry.live()).toEqual([{ ...later, startedAt, seenAt: new Date(clock.now()), busy: 0 }])
    })

    test("shows workers by their ids", async ({ registry }) => {
      for (const id of ["b", "a", "C"]) await registry.report(buildReport({ id }), 10_000)
      expect((await registry.live()).map(({ id }) => id)).toEqual(["C", "a", "b"])
    })

    test("shows no worker that was not heard of for as long as it said", async ({ registry, clock }) => {
      await registry.report(buildReport({ id: "a" }), 10_000)
      await registry.report(buildReport({ id: "b" }), 30_000)
      await clock.advance(9999)
      expect((await registry.live()).map(({ id }) => id)).toEqual(["a", "b"])
      await clock.advance(1)
      expect((await registry.live()).map(({ id }) => id)).toEqual(["b"])
    })

    test("shows one that was late again", async ({ registry, clock }) => {
      await registry.report(buildReport(), 1000)
      await clock.advance(5000)
      expect(await registry.live()).toEqual([])
      await registry.report(buildReport(), 1000)
      expect(await registry.live()).toHaveLength(1)
    })

    test("shows the others after one that was not heard of for days", async ({ registry, clock }) => {
      await registry.report(buildReport({ id: "a" }), 1000)
      await clock.advance(7 * 24 * 3_600_000)
      await registry.report(buildReport({ id: "b" }), 1000)
      await registry.report(buildReport({ id: "b" }), 1000)
      expect((await registry.live()).map(({ id }) => id)).toEqual(["b"])
    })

    test("does not show a worker that left", async ({ registry }) => {
      await registry.report(buildReport({ id: "a" }), 10_000)
      await registry.report(buildReport({ id: "b" }), 10_000)
      await registry.leave("a")
      expect((await registry.live()).map(({ id }) => id)).toEqual(["b"])
    })

    test("counts the jobs that a worker holds, from the jobs", async ({ registry, store }) => {
      await registry.report(buildReport({ id: "a" }), 10_000)
      await registry.report(buildReport({ id: "b" }), 10_000)
      await store.enqueue([buildNewJob(), buildNewJob({ tenant: "acme" }), buildNewJob()])
      const claim = { queue: "default", types: ["test.one"], leaseMs: 10_000 }
      const { jobs } = await store.claim({ ...claim, worker: "a", limit: 2 })
      await store.claim({ ...claim, worker: "gone", limit: 1 })
      const busy = async (): Promise<unknown[]> => (await registry.live()).map((worker) => [worker.id, worker.busy])
      expect(await busy()).toEqual([
        ["a", 2],
        ["b", 0],
      ])
      await store.apply(jobs.slice(0, 1).map((job) => changes.completed(leaseOf(job), undefined)))
      expect(await busy()).toEqual([
        ["a", 1],
        ["b", 0],
      ])
    })
  })
}
