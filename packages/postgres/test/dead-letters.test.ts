import { changes, createRuntime, newJobId } from "@assay/core"
import { buildFailure, buildNewJob, leaseOf } from "@assay/core/testing"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { openJobParts } from "../src/index.js"
import type { JobParts } from "../src/index.js"
import type { MigratedDatabase } from "./helpers/open-migrated.js"
import { emptyTables, everyQuickDatabase, openMigrated } from "./helpers/open-migrated.js"

describe.each(everyQuickDatabase)("dead letters on %s", (_name, create) => {
  let database: MigratedDatabase
  let parts: JobParts
  beforeAll(async () => {
    database = await openMigrated(create)
    parts = await openJobParts(database)
  })
  beforeEach(() => emptyTables(database))
  afterAll(async () => {
    await parts.queue.close()
    await parts.notifier.close()
    await database.drop()
  })

  async function fail(count: number, conflictKey?: string): Promise<string[]> {
    const ids: string[] = []
    for (let done = 0; done < count; done++) {
      const job = buildNewJob(conflictKey === undefined ? {} : { conflictKey })
      await parts.store.enqueue([job])
      const request = { worker: "w", queue: "default", types: ["test.one"], limit: 1, leaseMs: 60_000 }
      const { jobs } = await parts.store.claim(request)
      await parts.store.apply(jobs.map((each) => changes.failed(leaseOf(each), buildFailure({ retryable: false }))))
      ids.push(job.id)
    }
    return ids
  }

  test("all that failed are redriven, and of several that exclude one another one", async () => {
    const { client } = createRuntime(parts)
    const free = await fail(3)
    const [, , newest] = await fail(3, "repository:1")
    expect((await client.redriveAll()).sort()).toEqual([...free, newest].sort())
    expect(await client.counts()).toMatchObject({ queued: 4, failed: 2 })
  })

  test("all that failed are discarded, with what belongs to them", async () => {
    const { client } = createRuntime(parts)
    const ids = await fail(3)
    expect((await client.discardAll()).sort()).toEqual(ids.sort())
    expect(await client.counts()).toMatchObject({ failed: 0 })
    for (const table of ["job_attempts", "job_events", "job_steps"]) {
      const [row] = await database.query<{ count: number }>(`select count(*) as count from assay.${table}`)
      expect(row?.count, table).toBe(0)
    }
    await expect(client.discard(newJobId())).rejects.toMatchObject({ code: "JOB_NOT_FOUND" })
  })
})
