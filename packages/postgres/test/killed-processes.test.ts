import { createRuntime, defineJob } from "@assay/core"
import type { Job, JobReader, JobStore, Runtime } from "@assay/core"
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest"
import { openDatabase, openJobParts } from "../src/index.js"
import type { JobParts } from "../src/index.js"
import type { BundledSources, Child } from "./helpers/child-process.js"
import { bundleSources } from "./helpers/child-process.js"
import type { TestDatabase } from "./helpers/create-test-database.js"
import { createTestDatabase } from "./helpers/create-test-database.js"
import { eventually } from "./helpers/eventually.js"

let sources: BundledSources
let created: TestDatabase
beforeAll(async () => {
  sources = await bundleSources({ pglite: false })
})
afterAll(() => {
  sources.remove()
})

const anything = { "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) } } as const
const visit = defineJob({ type: "test.visit", input: anything, onConflict: "allow" })

/** A database of the test's own, and everything on it. */
async function open(): Promise<JobParts> {
  created = await createTestDatabase()
  onTestFinished(() => created.drop())
  return join()
}

/** What another process would open. */
async function join(): Promise<JobParts> {
  const database = await openDatabase(created.url)
  const parts = await openJobParts(database)
  onTestFinished(async () => {
    await parts.queue.close()
    await parts.notifier.close()
    await database.close()
  })
  return parts
}

async function startRuntime(parts: JobParts): Promise<Runtime> {
  const runtime = createRuntime({ ...parts, role: "api", busyEveryMs: 100, idleEveryMs: 100 })
  onTestFinished(() => runtime.stop())
  await runtime.start()
  return runtime
}

function startChild(script: string): Child {
  const child = sources.start(`
    const database = await assay.openDatabase(${JSON.stringify(created.url)})
    const parts = await assay.openJobParts(database)
    const input = { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) } }
    const visit = assay.defineJob({ type: "test.visit", input, onConflict: "allow" })
    ${script}`)
  onTestFinished(() => child.kill())
  return child
}

const jobsOf = async (store: JobStore & JobReader): Promise<Job[]> =>
  [...(await store.list({ limit: 1000 })).jobs].reverse()

test("each moment of a schedule makes one job when several processes look after it", async () => {
  const parts = await open()
  const runtimes = [await startRuntime(parts), await startRuntime(await join()), await startRuntime(await join())]
  const { nextAt } = (await runtimes[0]?.client.schedules.put(visit, {}, { id: "often", every: "1s" })) ?? {}
  await eventually(async () => (await jobsOf(parts.store)).length >= 3)
  for (const runtime of runtimes) await runtime.stop()
  const jobs = await jobsOf(parts.store)
  const keys = jobs.map(({ idempotencyKey = "" }) => idempotencyKey)
  expect(new Set(keys).size, "one job per moment").toBe(jobs.length)
  for (const [index, key] of keys.entries()) {
    const moment = Number(new Date(key.replace("schedule/default/often/", "")))
    expect((moment - Number(nextAt)) % 1000, key).toBe(0)
    expect(Number(jobs[index]?.createdAt), "not before its moment").toBeGreaterThanOrEqual(moment)
  }
})

test("a moment whose process was killed between its job and the note of it makes no second job", async () => {
  const parts = await open()
  const child = startChild(`
    const schedules = {
      ...parts.schedules,
      advance: async (schedule, job) => {
        say(job.id)
        await new Promise(() => {})
      },
    }
    const runtime = assay.createRuntime({ ...parts, schedules, role: "api" })
    await runtime.start()
    await runtime.client.schedules.put(visit, {}, { id: "often", every: "2s" })`)
  const jobId = await child.nextLine()
  await child.kill()
  expect((await jobsOf(parts.store)).map(({ id }) => id)).toEqual([jobId])
  const before = await parts.schedules.get("default", "often")
  expect(before).toMatchObject({ lastAt: undefined, lastJobId: undefined })
  await startRuntime(parts)
  await eventually(async () => {
    return (await parts.schedules.get("default", "often"))?.lastJobId === jobId
  })
  expect((await parts.schedules.get("default", "often"))?.lastAt).toEqual(before?.nextAt)
  await eventually(async () => (await jobsOf(parts.store)).length >= 2)
})

test("a worker that was killed is not seen any more once its time has run out", async () => {
  const parts = await open()
  const child = startChild(`
    const runtime = assay.createRuntime({ ...parts, leaseMs: 1500 })
    runtime.worker.handle(visit, () => new Promise(() => {}))
    await runtime.start()
    await runtime.client.enqueue(visit, {})
    say(runtime.worker.id)`)
  const workerId = await child.nextLine()
  await eventually(async () => {
    const [worker] = await parts.workers.live()
    return worker?.id === workerId && worker.busy === 1 && worker.pid === child.process.pid
  })
  // Longer than it is believed for without a word: it does speak.
  const seen = (await parts.workers.live())[0]?.seenAt
  await eventually(async () => {
    const [worker] = await parts.workers.live()
    expect(worker?.id).toBe(workerId)
    return Number(worker?.seenAt) - Number(seen) > 1500
  })
  await child.kill()
  await eventually(async () => (await parts.workers.live()).length === 0)
  expect((await jobsOf(parts.store))[0]?.state, "its job is another matter").toBe("running")
})
