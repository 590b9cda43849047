import { describe, expect, it } from "vitest"
import { buildApp } from "./helpers/build-app.js"

const url = "/api/v1/repositories"

describe("asking for work on a repository", () => {
  it.each([
    ["index", "repository.index", "index job queued successfully"],
    ["update", "repository.update", "Update job queued successfully"],
    ["sync", "repository.update", "Update job queued successfully"],
  ])("POST …/%s answers 202 with the job and its path", async (verb, type, message) => {
    await using test = await buildApp()
    const { id } = await test.aRepository()
    const answer = await test.app.inject({ method: "POST", url: `${url}/${id}/${verb}` })
    expect(answer.statusCode).toBe(202)
    const body = answer.json()
    expect(body).toMatchObject({
      message,
      repository_id: id,
      repository: { id, status: "pending", latest_job: { id: body.job_id, type, state: "queued" } },
      deduplicated: false,
      job: { id: body.job_id, type, state: "queued", repository_id: id },
    })
    expect(answer.headers.location).toBe(`/api/v1/jobs/${body.job_id}`)
    const job = await test.app.inject(String(answer.headers.location))
    expect(job.json()).toMatchObject({ id: body.job_id, type, state: "queued" })
  })

  it("DELETE answers 202 with a delete job, and the repository is deleting", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository()
    const answer = await test.app.inject({ method: "DELETE", url: `${url}/${id}` })
    expect(answer.statusCode).toBe(202)
    expect(answer.json()).toMatchObject({ repository: { status: "deleting" }, job: { type: "repository.delete" } })
    expect(answer.headers.location).toBe(`/api/v1/jobs/${answer.json().job_id}`)
  })

  it("joins the job that waits already, and says so", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository()
    const first = await test.app.inject({ method: "POST", url: `${url}/${id}/index` })
    const second = await test.app.inject({ method: "POST", url: `${url}/${id}/index` })
    expect(second.statusCode).toBe(202)
    expect(second.json()).toMatchObject({ job_id: first.json().job_id, deduplicated: true })
  })

  it("makes one job for one Idempotency-Key, also after that job has finished", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository()
    await test.work(async () => {})
    const post = () =>
      test.app.inject({ method: "POST", url: `${url}/${id}/index`, headers: { "idempotency-key": "once" } })
    const first = (await post()).json()
    await test.runtime.client.job(first.job_id).result()
    const second = (await post()).json()
    expect(second).toMatchObject({ job_id: first.job_id, deduplicated: true, job: { state: "succeeded" } })
  })

  it("lets the same Idempotency-Key name an index and an update, but not two repositories", async () => {
    await using test = await buildApp()
    const one = await test.aRepository({ url: "owner/one" })
    const two = await test.aRepository({ url: "owner/two" })
    const post = (path: string) =>
      test.app.inject({ method: "POST", url: `${url}/${path}`, headers: { "idempotency-key": "same" } })
    const index = await post(`${one.id}/index`)
    const update = await post(`${one.id}/update`)
    expect([index.statusCode, update.statusCode]).toEqual([202, 202])
    expect(update.json().job_id).not.toBe(index.json().job_id)
    const other = await post(`${two.id}/index`)
    expect(other.statusCode).toBe(422)
    expect(other.json()).toMatchObject({ code: "IDEMPOTENCY_MISMATCH", hint: expect.stringContaining("new") })
  })

  it.each([
    ["no body, declared as JSON", { headers: { "content-type": "application/json" } }],
    ["no body, declared as a form", { headers: { "content-type": "application/x-www-form-urlencoded" } }],
    ["an empty object", { payload: {} }],
    ["null", { headers: { "content-type": "application/json" }, payload: "null" }],
    ["JSON of some kind", { headers: { "content-type": "application/vnd.api+json; charset=UTF-8" }, payload: "{}" }],
  ])("takes %s", async (_name, request) => {
    await using test = await buildApp()
    const { id } = await test.aRepository()
    const answer = await test.app.inject({ method: "POST", url: `${url}/${id}/index`, ...request })
    expect(answer.statusCode).toBe(202)
  })

  it.each([
    [{ token: "" }, "token"],
    [{ token: 7 }, "token"],
    [{ token: "with blank" }, "token"],
    [{ token: "x".repeat(1025) }, "token"],
    [{ tokn: "x" }, ""],
    [[], ""],
  ])("refuses the body %j", async (payload, field) => {
    await using test = await buildApp()
    const { id } = await test.aRepository()
    const answer = await test.app.inject({ method: "POST", url: `${url}/${id}/index`, payload })
    expect(answer.statusCode).toBe(400)
    expect(answer.json().details[0].field).toBe(field)
    expect(await test.store.counts()).toMatchObject({ queued: 0 })
  })

  it("answers 404 where there is no such repository, and queues nothing", async () => {
    await using test = await buildApp()
    const other = await test.aRepository({ tenant: "other" })
    for (const path of ["4711/index", `${other.id}/update`]) {
      const answer = await test.app.inject({ method: "POST", url: `${url}/${path}` })
      expect(answer.statusCode).toBe(404)
    }
    expect(await test.store.counts()).toMatchObject({ queued: 0 })
  })
})

describe("a token for a private repository", () => {
  it("reaches the handler, and nothing else: no answer, no log line, no row in clear", async () => {
    const canary = "ghp_canary0123456789abcdef"
    await using test = await buildApp({ apiKeys: ["key"] })
    const headers = { "x-api-key": "key" }
    const { id } = await test.aRepository()
    const seen: string[] = []
    await test.work(async (context) => {
      seen.push(await context.secret("token"))
      throw Object.assign(new Error("The remote refused it."), { code: "GIT_AUTH", retryable: false })
    })
    const answers: string[] = []
    const ask = async (request: { method: "GET" | "POST"; url: string; payload?: string | object }) => {
      const type = typeof request.payload === "string" ? { "content-type": "application/json" } : {}
      const answer = await test.app.inject({ ...request, headers: { ...headers, ...type } })
      answers.push(JSON.stringify(answer.headers) + answer.body)
      return answer
    }

    const queued = await ask({ method: "POST", url: `${url}/${id}/index`, payload: { token: canary } })
    expect(queued.statusCode).toBe(202)
    const jobId = queued.json().job_id
    await expect(test.runtime.client.job(jobId).result()).rejects.toMatchObject({ code: "JOB_FAILED" })
    expect(seen).toEqual([canary])
    for (const path of [
      "jobs",
      `jobs/${jobId}`,
      `jobs/${jobId}/attempts`,
      "repositories",
      `repositories/${id}/status`,
    ]) {
      expect((await ask({ method: "GET", url: `/api/v1/${path}` })).statusCode).toBe(200)
    }
    // In all the wrong places, too.
    await ask({ method: "POST", url: `${url}/${id}/index`, payload: `{"token": "${canary}` })
    await ask({ method: "POST", url: `${url}/${id}/index`, payload: `${canary}` })
    await ask({ method: "POST", url: `${url}/${id}/index`, payload: { [canary]: canary } })
    await ask({ method: "POST", url: `${url}/${id}/index`, payload: { token: `${canary} ${canary}` } })
    await ask({ method: "POST", url: `${url}/${id}/index?token=${canary}`, payload: { token: [canary] } })
    await ask({ method: "GET", url: `${url}/${id}?token=${canary}` })
    await ask({ method: "POST", url: `/api/v1/jobs/${jobId}/retry?token=${canary}` })

    const job = await test.store.get(jobId)
    for (const text of [...answers, ...test.logger.lines, JSON.stringify(job)]) expect(text).not.toContain(canary)
  })
})
