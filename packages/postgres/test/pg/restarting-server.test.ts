import { createRuntime, defineJob } from "@assay/core"
import type { Json } from "@assay/core"
import { expect, test } from "vitest"
import { openDatabase, openJobParts } from "../../src/index.js"
import { createTestDatabase } from "../helpers/create-test-database.js"
import { eventually } from "../helpers/eventually.js"

const anything = {
  "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value: value as Json }) },
} as const

const jobs = 120

test(
  "every job has its effect once, while the server ends all connections again and again",
  { timeout: 120_000 },
  async () => {
    await using created = await createTestDatabase()
    await using database = await openDatabase(created.url, { applicationName: "victim" })
    await using admin = await openDatabase(created.url, { applicationName: "admin" })
    const parts = await openJobParts(database)
    await admin.exec("create table effects (job_id text not null)")

    const definition = defineJob({
      type: "test.effect",
      input: anything,
      attempts: 50,
      crashes: 50,
      backoff: { baseMs: 20 },
    })
    const runtime = createRuntime({ ...parts, concurrency: 8, leaseMs: 3000, busyEveryMs: 200, redispatchAfterMs: 500 })
    runtime.worker.handle(definition, (context) =>
      context.commit(async (transaction) => {
        await transaction.query("insert into effects values ($1)", [context.jobId])
        return undefined
      }),
    )
    await runtime.start()

    let unplugging = true
    const unplug = (async () => {
      while (unplugging) {
        await admin.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim' and datname = current_database()",
        )
        await new Promise((resolve) => setTimeout(resolve, 150))
      }
    })()
    for (let index = 0; index < jobs; index++) {
      await eventually(() =>
        runtime.client.enqueue(definition, index, { idempotencyKey: String(index) }).catch(() => undefined),
      )
    }
    unplugging = false
    await unplug

    await eventually(
      async () => (await admin.query("select 1 from assay.jobs where state = 'succeeded'")).length === jobs,
    )
    const effects = await admin.query("select count(*) as rows, count(distinct job_id) as jobs from effects")
    expect(effects).toEqual([{ rows: jobs, jobs }])
    await runtime.stop({ graceMs: 1000 })
    await parts.queue.close()
    await parts.notifier.close()
  },
)
