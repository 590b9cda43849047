import { createRuntime, defineJob } from "@assay/core"
import type { JobDefinition, Runtime } from "@assay/core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { openDatabase, openJobParts } from "../src/index.js"
import type { JobParts, PostgresDatabase } from "../src/index.js"
import { createTestDatabase } from "./helpers/create-test-database.js"
import type { TestDatabase } from "./helpers/create-test-database.js"
import { eventually } from "./helpers/eventually.js"

/** Accepts everything: what is tested is not inputs. */
const input: JobDefinition<{ host: string }>["inputSchema"] = {
  "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value: value as { host: string } }) },
} as const

const limited = defineJob({
  type: "test.limited",
  input,
  limits: { concurrency: 4, perKey: { key: ({ host }) => host, concurrency: 2 } },
})
const rated = defineJob({ type: "test.rated", input, limits: { rate: { starts: 3, per: "250ms" } } })
const plain = defineJob({ type: "test.plain", input })

interface Process extends AsyncDisposable {
  readonly runtime: Runtime
  readonly parts: JobParts
  readonly database: PostgresDatabase
}

describe("two processes on one server", () => {
  let created: TestDatabase
  let processes: Process[] = []
  let perform: (type: string, host: string) => Promise<void> = async () => {}

  async function startProcess(): Promise<Process> {
    const database = await openDatabase(created.url)
    const parts = await openJobParts(database)
    // Sweeps so seldom that what is not rung for would wait for longer than a test.
    const runtime = createRuntime({ ...parts, concurrency: 6, busyEveryMs: 600_000, idleEveryMs: 600_000 })
    const handle = (definition: JobDefinition<{ host: string }, undefined>): void =>
      runtime.worker.handle(definition, async (context) => {
        await perform(definition.type, context.input.host)
        return undefined
      })
    for (const definition of [limited, rated, plain]) handle(definition)
    await runtime.start()
    const close = async (): Promise<void> => {
      await runtime.stop()
      await parts.queue.close()
      await parts.notifier.close()
      await database.close()
    }
    return { runtime, parts, database, [Symbol.asyncDispose]: close }
  }

  beforeAll(async () => {
    created = await createTestDatabase()
    processes = [await startProcess(), await startProcess()]
  })
  afterAll(async () => {
    for (const process of processes) await process[Symbol.asyncDispose]()
    await created.drop()
  })

  const [one, other] = [(): Process => processes[0] as Process, (): Process => processes[1] as Process]

  test("never run more of a type, or of a limit key, than may run at once", async () => {
    const running: string[] = []
    const seen: string[][] = []
    perform = async (_type, host) => {
      running.push(host)
      seen.push([...running])
      await new Promise((resolve) => setTimeout(resolve, 10))
      running.splice(running.indexOf(host), 1)
    }
    const jobs = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        (index % 2 ? one() : other()).runtime.client.enqueue(limited, { host: `host-${index % 3}` }),
      ),
    )
    await Promise.all(jobs.map((job) => job.result()))
    expect(seen).toHaveLength(60)
    expect(Math.max(...seen.map((hosts) => hosts.length))).toBe(4)
    const mostOfOne = (hosts: string[]): number =>
      Math.max(...hosts.map((host) => hosts.filter((h) => h === host).length))
    expect(Math.max(...seen.map(mostOfOne))).toBe(2)
    const attempts = await one().database.query<{ worker: string }>("select distinct worker from assay.job_attempts")
    expect(attempts).toHaveLength(2)
  })

  test("start no more of a type than its rate allows", async () => {
    perform = async () => {}
    const jobs = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        (index % 2 ? one() : other()).runtime.client.enqueue(rated, { host: "any" }),
      ),
    )
    await Promise.all(jobs.map((job) => job.result()))
    const rows = await one().database.query<{ started_at: Date }>(
      `select attempts.started_at from assay.job_attempts as attempts join assay.jobs on jobs.id = attempts.job_id
      where jobs.type = 'test.rated' order by attempts.started_at`,
    )
    const starts = rows.map((row) => row.started_at.getTime())
    expect(starts).toHaveLength(10)
    for (const [index, at] of starts.entries()) {
      const before = starts[index - 3]
      if (before !== undefined) expect(at - before).toBeGreaterThanOrEqual(250)
    }
    const kept = await one().database.query("select from assay.job_starts")
    expect(kept.length, "starts that no longer matter are forgotten").toBeLessThanOrEqual(6)
  })

  test("pause and resume a queue for each other, and drain it", async () => {
    const done: string[] = []
    perform = async (_type, host) => void done.push(host)
    await one().runtime.client.pause("default")
    const [first, second] = await Promise.all([
      one().runtime.client.enqueue(plain, { host: "first" }),
      other().runtime.client.enqueue(plain, { host: "second" }),
    ])
    await eventually(async () => (await one().parts.queue.depth()) + (await other().parts.queue.depth()) === 0)
    expect(await other().runtime.client.drain("default", "not wanted")).toHaveLength(2)
    expect(await first.get()).toMatchObject({ state: "cancelled", cancelReason: "not wanted" })
    await one().runtime.client.redrive(second.id)
    expect(await second.get()).toMatchObject({ state: "queued" })
    await other().runtime.client.resume("default")
    await second.result()
    expect(done).toEqual(["second"])
    expect(await one().parts.store.paused()).toEqual([])
  })
})
