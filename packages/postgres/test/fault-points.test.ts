import { createRuntime, defineJob } from "@assay/core"
import type { Attempt, Job, Json } from "@assay/core"
import { faultPoints } from "@assay/core/testing"
import type { FaultPoint } from "@assay/core/testing"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { openDatabase, openJobParts } from "../src/index.js"
import { bundleSources } from "./helpers/child-process.js"
import type { BundledSources } from "./helpers/child-process.js"
import { createTestDatabase } from "./helpers/create-test-database.js"
import { eventually } from "./helpers/eventually.js"

let sources: BundledSources
beforeAll(async () => {
  sources = await bundleSources({ pglite: false })
}, 60_000)
afterAll(() => sources.remove())

const anything = {
  "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value: value as Json }) },
} as const
const task = defineJob({ type: "test.effect", input: anything, onConflict: "allow" })

/** Reached by whoever asks for a job. A worker beside it may hear the bell, and claim, before the process has ended. */
const pointsOfAsking: ReadonlySet<FaultPoint> = new Set([
  "before-enqueue",
  "after-enqueue",
  "after-publish",
  "after-mark",
])

/** A service in a process of its own, which asks itself for one job, and ends the very first time it reaches `point`. */
const victim = (url: string, point: FaultPoint): string => `
  const database = await assay.openDatabase(${JSON.stringify(url)})
  const parts = await assay.openJobParts(database)
  const faulty = assay.withFaultPoints(parts, (reached) => {
    if (reached === ${JSON.stringify(point)}) process.kill(process.pid, "SIGKILL")
  })
  const input = { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) } }
  const task = assay.defineJob({ type: "test.effect", input, onConflict: "allow" })
  const role = "${pointsOfAsking.has(point) ? "api" : "all"}"
  const runtime = assay.createRuntime({ ...parts, ...faulty, role, leaseMs: 1500, busyEveryMs: 100 })
  runtime.worker.handle(task, (context) => context.commit(async (transaction) => {
    await transaction.query("insert into effects values ($1)", [context.jobId])
  }))
  await runtime.start()
  // A job that another process left, for the sweep to find.
  await parts.store.enqueue([{
    id: "job_00000000000000000000000000", tenant: "default", type: "test.unheard", queue: "default", input: {}, priority: 0,
    onConflict: "join", preempts: false, maxAttempts: 1, maxCrashes: 1, timeoutMs: 60000, delayMs: 0, secrets: {},
  }])
  await runtime.client.enqueue(task, { number: 1 }, { idempotencyKey: "one" })
  say("promised")
`

/** What the crash table of docs/concepts/failures.md says is left behind, as the attempts of the job tell in the end. */
const expected: Readonly<Record<FaultPoint, { attempts: readonly Attempt["outcome"][]; crashes: number }>> = {
  "before-enqueue": { attempts: ["succeeded"], crashes: 0 },
  "after-enqueue": { attempts: ["succeeded"], crashes: 0 },
  "after-publish": { attempts: ["succeeded"], crashes: 0 },
  "after-mark": { attempts: ["succeeded"], crashes: 0 },
  "after-claim": { attempts: ["lost", "succeeded"], crashes: 1 },
  "before-complete": { attempts: ["lost", "succeeded"], crashes: 1 },
  "before-commit": { attempts: ["lost", "succeeded"], crashes: 1 },
  "after-commit": { attempts: ["succeeded"], crashes: 0 },
  "after-sweep": { attempts: ["succeeded"], crashes: 0 },
}

describe.concurrent("a process that is killed", { timeout: 60_000 }, () => {
  test.for(faultPoints)("%s leaves a job that has its effect once", async (point, { onTestFinished }) => {
    const created = await createTestDatabase()
    onTestFinished(() => created.drop())
    const database = await openDatabase(created.url)
    const parts = await openJobParts(database)
    await database.exec("create table effects (job_id text not null)")
    const child = sources.start(victim(created.url, point))
    onTestFinished(() => child.kill())
    await new Promise((resolve) => child.process.once("exit", resolve))
    expect(child.process.signalCode, "it ended at the fault point").toBe("SIGKILL")

    const survivor = createRuntime({ ...parts, leaseMs: 1500, busyEveryMs: 200, redispatchAfterMs: 1000 })
    survivor.worker.handle(task, (context) =>
      context.commit(async (transaction) => {
        await transaction.query("insert into effects values ($1)", [context.jobId])
      }),
    )
    await survivor.start()
    // Whoever was promised nothing asks again, with the same key.
    const handle = await survivor.client.enqueue(task, { number: 1 }, { idempotencyKey: "one" })
    const job = await eventually(async (): Promise<Job | undefined> => {
      const now = await handle.get()
      return now.state === "succeeded" ? now : undefined
    })
    const outcomes = (await survivor.client.attempts(job.id)).map(({ outcome }) => outcome)
    const effects = await database.query<{ job_id: string }>("select job_id from effects")
    const jobs = (await survivor.client.list({ types: [task.type] })).jobs
    expect({ outcomes, crashes: job.crashes, effects: effects.length, jobs: jobs.length }).toEqual({
      outcomes: expected[point].attempts,
      crashes: expected[point].crashes,
      effects: 1,
      jobs: 1,
    })
    await survivor.stop()
    await parts.queue.close()
    await parts.notifier.close()
    await database.close()
  })
})
