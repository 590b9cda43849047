import { describe, expect, it } from "vitest"
import { z } from "zod"
import { buildFailure, buildNewJob, leaseOf } from "@assay/core/testing"
import { changes, createRuntime, defineJob, newJobId } from "../src/index.js"
import type { Job, JobStore, NewJob } from "../src/index.js"
import { memoryParts, startRuntime } from "./helpers/memory-parts.js"

async function failed(store: JobStore, facts: readonly Partial<NewJob>[], code = "GIT_NETWORK"): Promise<Job[]> {
  const jobs: Job[] = []
  for (const fact of facts) {
    const newJob = buildNewJob(fact)
    await store.enqueue([newJob])
    const { type, queue } = newJob
    const { jobs: claimed } = await store.claim({ worker: "w", queue, types: [type], limit: 1, leaseMs: 60_000 })
    const change = claimed.map((job) => changes.failed(leaseOf(job), buildFailure({ code, retryable: false })))
    jobs.push(...(await store.apply(change)).filter((job) => job !== undefined))
  }
  return jobs
}

const idsOf = (jobs: readonly Pick<Job, "id">[]): string[] => jobs.map(({ id }) => id).sort()

describe.each(["redriveAll", "discardAll"] as const)("client.%s", (method) => {
  const left = method === "redriveAll" ? "queued" : undefined

  it("is about all failed jobs of the tenant, and no others", async () => {
    const parts = memoryParts()
    const { client } = createRuntime(parts)
    const [waiting] = await parts.store.enqueue([buildNewJob({ type: "test.two" })])
    const mine = await failed(parts.store, [{}, {}])
    const theirs = await failed(parts.store, [{ tenant: "acme" }])
    expect((await client[method]()).sort()).toEqual(idsOf(mine))
    expect(await client[method]()).toEqual([])
    for (const { id } of mine) expect((await parts.store.get(id))?.state).toBe(left)
    expect((await parts.store.get(theirs[0]?.id ?? newJobId()))?.state).toBe("failed")
    expect((await parts.store.get(waiting?.job.id ?? newJobId()))?.state).toBe("queued")
  })

  it("is about those that fit the filter", async () => {
    const parts = memoryParts()
    const { client } = createRuntime(parts)
    const [byType] = await failed(parts.store, [{ type: "test.two" }])
    const [byQueue] = await failed(parts.store, [{ queue: "analysis" }])
    const [byRepository] = await failed(parts.store, [{ repositoryId: 7 }])
    const [byCode] = await failed(parts.store, [{}], "GIT_AUTH")
    const [rest] = await failed(parts.store, [{}])
    expect(await client[method]({ types: ["test.two"] })).toEqual([byType?.id])
    expect(await client[method]({ queue: "analysis" })).toEqual([byQueue?.id])
    expect(await client[method]({ repositoryId: 7 })).toEqual([byRepository?.id])
    expect(await client[method]({ codes: ["GIT_AUTH", "GIT_MISSING"] })).toEqual([byCode?.id])
    expect(await client[method]({ codes: ["GIT_NETWORK"], types: ["test.one"] })).toEqual([rest?.id])
  })

  it("goes through more than a page of them", async () => {
    const parts = memoryParts()
    const { client } = createRuntime(parts)
    const jobs = await failed(
      parts.store,
      Array.from({ length: 1100 }, () => ({})),
    )
    expect((await client[method]()).sort()).toEqual(idsOf(jobs))
  })
})

describe("client.redriveAll", () => {
  it("lets jobs run at once, and tells those who listen", async () => {
    const parts = memoryParts()
    let broken = true
    const definition = defineJob({ type: "test.mended", input: z.object({}), attempts: 1 })
    await using runtime = await startRuntime(parts, ({ worker }) => {
      worker.handle(definition, async () => {
        if (broken) throw new Error("no")
        return undefined
      })
    })
    const job = await runtime.client.enqueue(definition, {})
    await job.result().catch(() => {})
    broken = false
    const { eventNumber } = await job.get()
    expect(await runtime.client.redriveAll()).toEqual([job.id])
    const types: string[] = []
    for await (const event of job.events({ after: eventNumber })) types.push(event.type)
    expect(types).toEqual(["job.queued", "job.started", "job.succeeded"])
  })

  it("runs one of several that share a conflict key", async () => {
    const parts = memoryParts()
    const { client } = createRuntime(parts)
    const jobs = await failed(parts.store, [{ conflictKey: "a" }, { conflictKey: "a" }, { conflictKey: "b" }, {}])
    const redriven = await client.redriveAll()
    expect([...redriven].sort()).toEqual(idsOf(jobs.slice(1)))
    expect((await parts.store.get(jobs[0]?.id ?? newJobId()))?.state).toBe("failed")
  })
})

describe("client.discard", () => {
  it("forgets a failed job", async () => {
    const parts = memoryParts()
    const { client } = createRuntime(parts)
    const [job] = await failed(parts.store, [{}])
    if (!job) throw new Error("no job")
    await expect(client.forTenant("acme").discard(job.id)).rejects.toMatchObject({ code: "JOB_NOT_FOUND" })
    await client.discard(job.id)
    expect(await client.get(job.id)).toBeUndefined()
    await expect(client.discard(job.id)).rejects.toMatchObject({ code: "JOB_NOT_FOUND" })
  })

  it("refuses one that is not done for", async () => {
    const parts = memoryParts()
    const { client } = createRuntime(parts)
    const job = buildNewJob()
    await parts.store.enqueue([job])
    await expect(client.discard(job.id)).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" })
    expect((await client.get(job.id))?.state).toBe("queued")
  })
})
