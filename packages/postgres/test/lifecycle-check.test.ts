import { changes, finishedStates, jobStates, newJobId, nextState, transitions } from "@assay/core"
import type { JobId, JobState, JobStore, NewJob, TransitionName } from "@assay/core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createPostgresJobStore } from "../src/index.js"
import type { MigratedDatabase } from "./helpers/open-migrated.js"
import { everyQuickDatabase, openMigrated } from "./helpers/open-migrated.js"

/** Whether the lifecycle knows a transition from one state to the other. */
function isLegal(from: JobState, to: JobState): boolean {
  const names = Object.keys(transitions) as TransitionName[]
  return names.some((name) => [false, true].some((cancelled) => nextState(from, name, cancelled) === to))
}

const newJob = (facts: Partial<NewJob> = {}): NewJob => ({
  ...{ id: newJobId(), tenant: "default", type: "test", queue: "default", input: {}, priority: 0, onConflict: "join" },
  ...{ preempts: false, maxAttempts: 3, maxCrashes: 3, timeoutMs: 60_000, delayMs: 0, secrets: {} },
  ...facts,
})

describe.each(everyQuickDatabase)("what %s itself refuses", (_name, create) => {
  let database: MigratedDatabase
  let store: JobStore

  beforeAll(async () => {
    database = await openMigrated(create)
    store = await createPostgresJobStore({ database })
  })
  afterAll(() => database.drop())

  const add = async (facts: Partial<NewJob> = {}): Promise<JobId> => {
    const job = newJob(facts)
    await store.enqueue([job])
    return job.id
  }

  /** What belongs to a state, so that nothing but the move itself can be refused. */
  const move = (id: JobId, to: JobState): Promise<unknown> =>
    database.query(
      `update assay.jobs set state = $2, secrets = '{}',
        lease_until = case when $2 = 'running' then now() end, worker = case when $2 = 'running' then 'w' end,
        finished_at = case when $2 in ('succeeded', 'failed', 'cancelled') then now() end
      where id = $1`,
      [id, to],
    )

  const pathTo: Record<JobState, JobState[]> = {
    scheduled: [],
    queued: [],
    running: ["running"],
    succeeded: ["running", "succeeded"],
    failed: ["running", "failed"],
    cancelled: ["cancelled"],
  }

  for (const from of jobStates) {
    for (const to of jobStates.filter((state) => state !== from)) {
      test(`${isLegal(from, to) ? "lets a job go" : "refuses to let a job go"} from ${from} to ${to}`, async () => {
        const id = await add(from === "scheduled" ? { delayMs: 60_000 } : {})
        for (const state of pathTo[from]) await move(id, state)
        const moved = move(id, to)
        if (isLegal(from, to)) await moved
        else await expect(moved).rejects.toMatchObject({ code: "23514", constraint: "jobs_legal_move" })
      })
    }
  }

  test("refuses a state that does not exist", async () => {
    const id = await add()
    await expect(move(id, "paused" as JobState)).rejects.toMatchObject({ code: "23514" })
  })

  test("refuses a fence that shrinks", async () => {
    const id = await add()
    await database.query("update assay.jobs set fence = 3 where id = $1", [id])
    const shrunk = database.query("update assay.jobs set fence = 2 where id = $1", [id])
    await expect(shrunk).rejects.toMatchObject({ code: "23514", constraint: "jobs_fence_grows" })
  })

  test.each([
    ["a lease of a job that does not run", "lease_until = now()"],
    ["a worker of a job that does not run", "worker = 'w'"],
    ["an end of a job that is not finished", "finished_at = now()"],
  ])("refuses %s", async (_what, assignment) => {
    const id = await add()
    await expect(database.query(`update assay.jobs set ${assignment} where id = $1`, [id])).rejects.toMatchObject({
      code: "23514",
    })
  })

  test.each(finishedStates)("refuses secrets of a job that has %s", async (state) => {
    const id = await add({ secrets: { token: "sealed" } })
    for (const step of pathTo[state]) await move(id, step)
    const kept = database.query('update assay.jobs set secrets = \'{"token":"sealed"}\' where id = $1', [id])
    await expect(kept).rejects.toMatchObject({ code: "23514" })
  })

  test("refuses two running jobs of one exclusive key", async () => {
    const [first, second] = [await add({ exclusiveKey: "k" }), await add({ exclusiveKey: "k" })]
    await move(first, "running")
    await expect(move(second, "running")).rejects.toMatchObject({ constraint: "jobs_running_exclusive_key" })
  })

  test("refuses two unfinished jobs of one conflict key, unless one was asked to stop", async () => {
    const first = await add({ conflictKey: "c" })
    const copy = `insert into assay.jobs (id, tenant, type, queue, input, priority, conflict_key, state, max_attempts,
      max_crashes, timeout_ms, run_at, secrets, event_number, created_at)
      select $2, tenant, type, queue, input, priority, conflict_key, state, max_attempts, max_crashes, timeout_ms, run_at, secrets,
      event_number, created_at from assay.jobs where id = $1`
    await expect(database.query(copy, [first, newJobId()])).rejects.toMatchObject({ constraint: "jobs_conflict_key" })
    await database.query("update assay.jobs set cancel_requested_at = now() where id = $1", [first])
    await database.query(copy, [first, newJobId()])
  })

  test("forgets all that belongs to a job with the job", async () => {
    const id = await add({ queue: "forgotten" })
    const {
      jobs: [job],
    } = await store.claim({ worker: "w", queue: "forgotten", types: ["test"], limit: 1, leaseMs: 1000 })
    await store.apply([changes.stepDone({ jobId: id, fence: job?.fence ?? 0 }, "parse", 1)])
    const left = async (): Promise<unknown> => {
      const counts = ["job_attempts", "job_events", "job_steps"].map(
        (table) => `(select count(*) from assay.${table} where job_id = $1) as ${table}`,
      )
      return (await database.query(`select ${counts.join(", ")}`, [id]))[0]
    }
    expect(await left()).toEqual({ job_attempts: 1, job_events: 2, job_steps: 1 })
    await database.query("delete from assay.jobs where id = $1", [id])
    expect(await left()).toEqual({ job_attempts: 0, job_events: 0, job_steps: 0 })
  })
})
