import { once } from "node:events"
import { describe, expect, it } from "vitest"
import { changes, newJobId } from "@assay/core"
import { buildApp, definitions } from "./helpers/build-app.js"
import type { TestApp } from "./helpers/build-app.js"
import { aGate } from "./helpers/gate.js"

const url = "/api/v1/jobs"

async function aQueuedJob(test: TestApp, name = "owner/repo"): Promise<{ id: string; repositoryId: number }> {
  const { id } = await test.aRepository({ url: name })
  const answer = await test.app.inject({ method: "POST", url: `/api/v1/repositories/${id}/index` })
  return { id: answer.json().job_id, repositoryId: id }
}

describe("GET /api/v1/jobs", () => {
  it("pages through all jobs, newest first, each once", async () => {
    await using test = await buildApp()
    const made: string[] = []
    for (let number = 1; number <= 5; number++) made.push((await aQueuedJob(test, `owner/repo-${number}`)).id)
    const seen: string[] = []
    let cursor = ""
    do {
      const answer = await test.app.inject(`${url}?limit=2&cursor=${encodeURIComponent(cursor)}`)
      expect(answer.statusCode).toBe(200)
      const { data, next_cursor, has_more } = answer.json()
      seen.push(...data.map(({ id }: { id: string }) => id))
      expect(has_more).toBe(next_cursor !== null)
      cursor = next_cursor ?? ""
    } while (cursor !== "")
    expect(seen).toEqual(made.reverse())
  })

  it("filters by state, type and repository", async () => {
    await using test = await buildApp()
    const first = await aQueuedJob(test, "owner/one")
    const second = await aQueuedJob(test, "owner/two")
    await test.app.inject({ method: "POST", url: `${url}/${first.id}/cancel` })
    await test.app.inject({ method: "POST", url: `/api/v1/repositories/${second.repositoryId}/update` })
    const idsOf = async (query: string): Promise<string[]> =>
      (await test.app.inject(`${url}?${query}`)).json().data.map(({ id }: { id: string }) => id)
    expect(await idsOf("state=cancelled")).toEqual([first.id])
    expect(await idsOf("state=cancelled,running")).toEqual([first.id])
    expect(await idsOf("state=queued&state=cancelled")).toHaveLength(3)
    expect(await idsOf("type=repository.index")).toEqual([second.id, first.id])
    expect(await idsOf(`repository_id=${first.repositoryId}`)).toEqual([first.id])
    expect(await idsOf("state=&type=&repository_id=&cursor=")).toHaveLength(3)
  })

  it.each([
    "state=lost",
    "type=DROP%20TABLE",
    "repository_id=abc",
    "repository_id=0",
    "limit=0",
    "cursor=%00",
    "cursor=nonsense",
  ])("answers 400 for %s", async (query) => {
    await using test = await buildApp()
    await aQueuedJob(test)
    const answer = await test.app.inject(`${url}?${query}`)
    expect(answer.statusCode).toBe(400)
    expect(answer.headers["content-type"]).toBe("application/problem+json")
    expect(answer.json().code).toBe("VALIDATION_ERROR")
  })
})

describe("GET /api/v1/jobs/{id}", () => {
  it("shows stage, progress and percent while the job runs", async () => {
    await using test = await buildApp()
    const { id } = await aQueuedJob(test)
    const started = aGate()
    const finish = aGate()
    await test.work(async (context) => {
      await context.stage("history")
      context.progress(1, 3, "commits")
      started.open()
      await finish.opened
    })
    await started.opened
    await expect.poll(async () => (await test.app.inject(`${url}/${id}`)).json().progress?.done).toBe(1)
    const running = (await test.app.inject(`${url}/${id}`)).json()
    expect(running).toMatchObject({
      id,
      state: "running",
      retrying: false,
      cancelling: false,
      stage: "history",
      progress: { done: 1, total: 3, unit: "commits", percent: 33.3 },
      attempts: 1,
      max_attempts: 2,
      links: { self: `${url}/${id}`, attempts: `${url}/${id}/attempts` },
    })
    finish.open()
    await test.runtime.client.job(running.id).result()
    expect((await test.app.inject(`${url}/${id}`)).json()).toMatchObject({ state: "succeeded", failure: null })
  })

  it("shows no secrets, not even sealed ones", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository()
    const queued = await test.app.inject({
      method: "POST",
      url: `/api/v1/repositories/${id}/index`,
      payload: { token: "t0ken" },
    })
    const job = await test.store.get(queued.json().job_id)
    expect(Object.keys(job?.secrets ?? {})).toEqual(["token"])
    const view = await test.app.inject(`${url}/${job?.id}`)
    expect(view.body).not.toContain(job?.secrets.token)
    expect(view.json()).not.toHaveProperty("secrets")
  })

  it("answers 400 for what is no job id, and 404 for a job there is not", async () => {
    await using test = await buildApp()
    for (const path of ["", "/attempts"]) {
      expect((await test.app.inject(`${url}/nonsense${path}`)).statusCode).toBe(400)
      const missing = await test.app.inject(`${url}/${newJobId()}${path}`)
      expect(missing.statusCode).toBe(404)
      expect(missing.json()).toMatchObject({ code: "JOB_NOT_FOUND", type: "/errors/JOB_NOT_FOUND" })
    }
  })

  it("hides jobs of another tenant", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository({ tenant: "other" })
    const handle = await test.runtime.client.forTenant("other").enqueue(definitions.index, { repositoryId: id })
    expect((await test.app.inject(`${url}/${handle.id}`)).statusCode).toBe(404)
    expect((await test.app.inject({ method: "POST", url: `${url}/${handle.id}/cancel` })).statusCode).toBe(404)
    expect((await test.app.inject(url)).json().data).toEqual([])
  })
})

describe("a job that fails", () => {
  it("shows its failure and its attempts, and can be run again", async () => {
    await using test = await buildApp()
    const { id } = await aQueuedJob(test)
    let broken = true
    await test.work(async () => {
      if (broken) throw Object.assign(new Error("No such remote."), { code: "GIT_NOT_FOUND", retryable: false })
    })
    const handle = test.runtime.client.job(id as `job_${string}`)
    await expect(handle.result()).rejects.toMatchObject({ code: "JOB_FAILED" })
    expect((await test.app.inject(`${url}/${id}`)).json()).toMatchObject({
      state: "failed",
      failure: { code: "GIT_NOT_FOUND", message: "No such remote.", retryable: false, hint: null },
    })
    broken = false
    const retried = await test.app.inject({ method: "POST", url: `${url}/${id}/retry` })
    expect(retried.statusCode).toBe(202)
    expect(retried.headers.location).toBe(`${url}/${id}`)
    expect(retried.json()).toMatchObject({ id, failure: null })
    await handle.result()
    const { data } = (await test.app.inject(`${url}/${id}/attempts`)).json()
    expect(data).toMatchObject([
      { fence: 1, outcome: "failed", failure: { code: "GIT_NOT_FOUND" } },
      { fence: 2, outcome: "succeeded", failure: null },
    ])
  })

  it("is retrying while it waits for its next attempt", async () => {
    await using test = await buildApp()
    const { id } = await aQueuedJob(test)
    const {
      jobs: [job],
    } = await test.store.claim({
      worker: "w",
      queue: "default",
      types: ["repository.index"],
      limit: 1,
      leaseMs: 60_000,
    })
    const failure = { code: "GIT_NETWORK", message: "The remote broke off.", retryable: true }
    const lease = { jobId: job?.id ?? newJobId(), fence: job?.fence ?? 0 }
    await test.store.apply([changes.retryLater(lease, failure, 60_000)])
    expect((await test.app.inject(`${url}/${id}`)).json()).toMatchObject({
      state: "scheduled",
      retrying: true,
      attempts: 1,
      failure: { code: "GIT_NETWORK" },
    })
    expect((await test.app.inject("/api/v1/queue/length")).json()).toMatchObject({ queue_length: 1, scheduled: 1 })
  })
})

describe("cancelling", () => {
  it("cancels a queued job at once", async () => {
    await using test = await buildApp()
    const { id } = await aQueuedJob(test)
    const answer = await test.app.inject({
      method: "POST",
      url: `${url}/${id}/cancel`,
      payload: { reason: "by mistake" },
    })
    expect(answer.statusCode).toBe(202)
    expect(answer.headers.location).toBe(`${url}/${id}`)
    expect(answer.json()).toMatchObject({ state: "cancelled", cancel_reason: "by mistake" })
  })

  it("asks a running job to stop, as often as one likes", async () => {
    await using test = await buildApp()
    const { id } = await aQueuedJob(test)
    const started = aGate()
    const finish = aGate()
    await test.work(async (context) => {
      started.open()
      if (!context.signal.aborted) await once(context.signal, "abort")
      await finish.opened
      context.signal.throwIfAborted()
    })
    await started.opened
    for (let time = 0; time < 2; time++) {
      const answer = await test.app.inject({ method: "POST", url: `${url}/${id}/cancel` })
      expect(answer.statusCode).toBe(202)
      expect(answer.json()).toMatchObject({ state: "running", cancelling: true })
    }
    finish.open()
    await expect.poll(async () => (await test.app.inject(`${url}/${id}`)).json().state).toBe("cancelled")
  })

  it("answers 409 for a finished job, and for a retry of one that is not", async () => {
    await using test = await buildApp()
    const { id } = await aQueuedJob(test)
    const early = await test.app.inject({ method: "POST", url: `${url}/${id}/retry` })
    expect(early.statusCode).toBe(409)
    await test.work(async () => {})
    await test.runtime.client.job(id as `job_${string}`).result()
    const late = await test.app.inject({ method: "POST", url: `${url}/${id}/cancel` })
    expect(late.statusCode).toBe(409)
    expect(late.json()).toMatchObject({ code: "ILLEGAL_TRANSITION", detail: "Cannot cancel a job that is succeeded." })
  })
})

describe("GET /api/v1/queue/length", () => {
  it("counts the jobs that wait, in the store", async () => {
    await using test = await buildApp()
    expect((await test.app.inject("/api/v1/queue/length")).json()).toEqual({
      queue_length: 0,
      queued: 0,
      scheduled: 0,
      running: 0,
    })
    await aQueuedJob(test, "owner/one")
    await aQueuedJob(test, "owner/two")
    expect((await test.app.inject("/api/v1/queue/length")).json()).toMatchObject({ queue_length: 2, queued: 2 })
  })
})
