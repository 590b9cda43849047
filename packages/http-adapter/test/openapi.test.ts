import { Ajv2020 } from "ajv/dist/2020.js"
import addFormats from "ajv-formats"
import { changes, newJobId } from "@assay/core"
import type { InjectOptions } from "fastify"
import { describe, expect, it } from "vitest"
import type { OpenApiDocument } from "../src/index.js"
import { buildApp } from "./helpers/build-app.js"
import type { TestApp } from "./helpers/build-app.js"

interface Operation {
  operationId: string
  summary?: string
  parameters: { name: string; in: string; required: boolean; schema: object }[]
  requestBody?: { required: boolean; content: Record<string, { schema: object }> }
  responses: Record<string, { description: string; headers?: object; content: Record<string, { schema: object }> }>
  security?: object[]
}

async function documentOf(test: TestApp): Promise<OpenApiDocument> {
  return (await test.app.inject("/openapi.json")).json()
}

const routes = [
  "GET /",
  "GET /api/v1/analyses",
  "GET /api/v1/analyses/{id}",
  "GET /api/v1/analyses/{id}/snippets",
  "GET /health",
  "GET /metrics",
  "GET /queue/stats",
  "GET /status/{projectId}",
  "POST /analyze",
  "POST /api/v1/analyses",
  "POST /sendMessage",
  "DELETE /api/v1/jobs/{id}",
  "DELETE /api/v1/repositories/{id}",
  "DELETE /api/v1/schedules/{schedule_id}",
  "GET /api/v1/dead-letters",
  "GET /api/v1/jobs",
  "GET /api/v1/jobs/{id}",
  "GET /api/v1/jobs/{id}/attempts",
  "GET /api/v1/queue/length",
  "GET /api/v1/queues",
  "GET /api/v1/queues/{queue}/stats",
  "GET /api/v1/repositories",
  "GET /api/v1/repositories/{id}",
  "GET /api/v1/repositories/{id}/stats/bus-factor",
  "GET /api/v1/repositories/{id}/stats/churn",
  "GET /api/v1/repositories/{id}/stats/commit-activity",
  "GET /api/v1/repositories/{id}/stats/contributors",
  "GET /api/v1/repositories/{id}/stats/files",
  "GET /api/v1/repositories/{id}/status",
  "GET /api/v1/schedules",
  "GET /api/v1/schedules/{schedule_id}",
  "GET /api/v1/workers",
  "GET /errors/{code}",
  "GET /livez",
  "GET /ping",
  "GET /readyz",
  "PATCH /api/v1/repositories/{id}",
  "POST /api/v1/dead-letters/discard",
  "POST /api/v1/dead-letters/redrive",
  "POST /api/v1/jobs/{id}/cancel",
  "POST /api/v1/jobs/{id}/retry",
  "POST /api/v1/queues/{queue}/drain",
  "POST /api/v1/queues/{queue}/pause",
  "POST /api/v1/queues/{queue}/resume",
  "POST /api/v1/repositories",
  "POST /api/v1/repositories/{id}/index",
  "POST /api/v1/repositories/{id}/sync",
  "POST /api/v1/repositories/{id}/update",
  "POST /api/v1/schedules",
  "PUT /api/v1/schedules/{schedule_id}",
].sort()

const methods = ["get", "post", "put", "patch", "delete", "head", "options"]

function operations(document: OpenApiDocument): { path: string; method: string; operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => ({ path, method, operation: operation as unknown as Operation })),
  )
}

/** A validator for what an operation answers with a status, as the document has it. */
function createChecker(document: OpenApiDocument) {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema({ $id: "https://assay.invalid/openapi", ...document })
  return (path: string, method: string, answer: { statusCode: number; type: string; body: unknown }) => {
    const pointer = ["paths", path, method, "responses", String(answer.statusCode), "content", answer.type, "schema"]
    const validate = ajv.getSchema(
      `https://assay.invalid/openapi#/${pointer.map((part) => encodeURIComponent(part.replace(/~/g, "~0").replace(/\//g, "~1"))).join("/")}`,
    )
    if (!validate)
      throw new Error(`${method} ${path} does not say that it answers ${answer.statusCode} as ${answer.type}.`)
    const valid = validate(answer.body)
    expect(valid, `${method} ${path}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(answer.body)}`).toBe(true)
  }
}

describe("the description of the API", () => {
  it("is OpenAPI 3.1 and names every route of the plugin", async () => {
    await using test = await buildApp({ version: "1.2.3" })
    const document = await documentOf(test)
    expect(document.openapi).toBe("3.1.0")
    expect(document.info.version).toBe("1.2.3")
    const described = operations(document).map(({ path, method }) => `${method.toUpperCase()} ${path}`)
    const unknown = await test.app.inject("/nothing")
    expect(described.sort()).toEqual([...unknown.json().available_endpoints].sort())
    expect(described.sort()).toEqual(routes)
  })

  it("tells of every operation what it is, what it takes and how it can fail", async () => {
    await using test = await buildApp({ apiKeys: ["key"] })
    const document = await documentOf(test)
    const ids = new Set<string>()
    for (const { path, operation } of operations(document)) {
      expect(operation.summary).toBeTruthy()
      ids.add(operation.operationId)
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      expect(operation.parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name)).toEqual(
        inPath,
      )
      for (const { schema } of operation.parameters) expect(schema).toHaveProperty("type")
      expect(Object.keys(operation.responses).some((status) => status.startsWith("2"))).toBe(true)
      if (!operation.security) expect(Object.keys(operation.responses)).toContain("401")
    }
    expect(ids.size).toBe(operations(document).length)
    expect(document.security).toEqual([{ bearer: [] }, { apiKey: [] }])
  })

  it("says which bodies are optional, what the defaults are, and that answers have a Location", async () => {
    await using test = await buildApp()
    const { paths } = await documentOf(test)
    const index = paths["/api/v1/repositories/{id}/index"]?.post as unknown as Operation
    expect(index.requestBody?.required).toBe(false)
    expect(index.responses["202"]?.headers).toHaveProperty("Location")
    expect(index.parameters).toContainEqual(
      expect.objectContaining({ name: "Idempotency-Key", in: "header", required: false }),
    )
    const create = paths["/api/v1/repositories"]?.post as unknown as Operation
    expect(create.requestBody?.required).toBe(true)
    const list = paths["/api/v1/repositories"]?.get as unknown as Operation
    expect(list.parameters[0]).toMatchObject({
      name: "limit",
      required: false,
      schema: { type: "integer", minimum: 1, maximum: 100, default: 10 },
    })
    const churn = paths["/api/v1/repositories/{id}/stats/churn"]?.get as unknown as Operation
    expect(churn.responses["200"]?.content["application/json"]?.schema).toEqual({
      type: "array",
      items: { $ref: "#/components/schemas/Churn" },
    })
  })

  it("has no dangling reference", async () => {
    await using test = await buildApp()
    const document = await documentOf(test)
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference)
    for (const reference of new Set(references)) {
      const name = /^#\/components\/schemas\/(\w+)$/.exec(String(reference))?.[1]
      expect(document.components.schemas, reference).toHaveProperty(String(name))
    }
  })

  it("describes what is really answered", async () => {
    await using test = await buildApp()
    const document = await documentOf(test)
    const check = createChecker(document)
    const asked = new Set<string>()
    const ask = async (
      path: string,
      method: "get" | "post" | "put" | "patch" | "delete",
      request: InjectOptions & { id?: string | number } = {},
    ) => {
      const { id, ...rest } = request
      const url = path.replace(/\{\w+\}/, String(id)) + (typeof rest.url === "string" ? rest.url : "")
      const answer = await test.app.inject({ ...rest, method: method.toUpperCase() as "GET", url })
      if (answer.statusCode !== 204) {
        check(path, method, {
          statusCode: answer.statusCode,
          type: String(answer.headers["content-type"]).split(";", 1)[0] ?? "",
          body: String(answer.headers["content-type"]).includes("json") ? answer.json() : answer.body,
        })
      }
      asked.add(`${method} ${path}`)
      return answer
    }
    const { id } = await test.aRepository({ published: true })
    const fresh = (
      await ask("/api/v1/repositories", "post", { payload: { url: "owner/fresh", default_branch: "main" } })
    ).json()
    await ask("/api/v1/repositories", "post", { payload: { url: "owner/fresh" } })
    await ask("/api/v1/repositories", "post", { payload: {} })
    await ask("/api/v1/repositories", "post", { payload: "x" })
    const index = (await ask("/api/v1/repositories/{id}/index", "post", { id, payload: {} })).json()
    await ask("/api/v1/repositories/{id}/index", "post", { id: 4711 })
    for (const verb of ["update", "sync"]) await ask(`/api/v1/repositories/{id}/${verb}`, "post", { id })

    const {
      jobs: [job],
    } = await test.store.claim({
      worker: "w",
      queue: "default",
      types: ["repository.index"],
      limit: 1,
      leaseMs: 60_000,
    })
    if (!job) throw new Error("There is no job to claim.")
    const lease = { jobId: job.id, fence: job.fence }
    await test.store.apply([changes.stageEntered(lease, "history")])
    await test.store.apply([changes.progressMade(lease, { done: 5, total: 10, unit: "commits" })])
    for (const query of ["", "?state=queued,running&type=repository.index&limit=1"])
      await ask("/api/v1/jobs", "get", { url: query })
    await ask("/api/v1/jobs", "get", { url: "?state=x" })
    await ask("/api/v1/jobs/{id}", "get", { id: index.job_id })
    await ask("/api/v1/jobs/{id}/cancel", "post", { id: index.job_id, payload: { reason: "enough" } })
    await test.store.apply([changes.failed(lease, { code: "GIT_AUTH", message: "No.", retryable: false })])
    await ask("/api/v1/jobs/{id}", "get", { id: index.job_id })
    await ask("/api/v1/jobs/{id}/attempts", "get", { id: index.job_id })
    await ask("/api/v1/jobs/{id}/cancel", "post", { id: index.job_id })
    await ask("/api/v1/jobs/{id}/retry", "post", { id: index.job_id })
    await ask("/api/v1/jobs/{id}/retry", "post", { id: index.job_id })
    await ask("/api/v1/jobs/{id}", "get", { id: "nonsense" })

    await ask("/api/v1/repositories", "get")
    await ask("/api/v1/repositories", "get", { url: "?limit=0" })
    for (const which of [id, fresh.id, 4711, "x"]) {
      await ask("/api/v1/repositories/{id}", "get", { id: which })
      await ask("/api/v1/repositories/{id}/status", "get", { id: which })
      for (const name of ["contributors", "files", "bus-factor", "churn", "commit-activity"]) {
        await ask(`/api/v1/repositories/{id}/stats/${name}`, "get", { id: which })
      }
    }
    await ask("/api/v1/repositories/{id}", "patch", { id, payload: { default_branch: "main" } })
    await ask("/api/v1/repositories/{id}", "patch", { id, payload: { default_branch: "" } })
    await ask("/api/v1/repositories/{id}", "delete", { id: fresh.id })
    await ask("/api/v1/queue/length", "get")
    for (const path of ["/ping", "/livez", "/readyz"]) await ask(path, "get")
    for (const path of ["/", "/health", "/metrics", "/queue/stats", "/api/v1/analyses"]) await ask(path, "get")
    const analysis = (await ask("/analyze", "post", { payload: { repo: "owner/asked" } })).json()
    for (const payload of [{}, { repo: "nonsense" }]) await ask("/analyze", "post", { payload })
    await ask("/sendMessage", "post", { payload: { projectId: "abc123" } })
    await ask("/api/v1/analyses", "post", { payload: { repo: "owner/asked" } })
    await ask("/api/v1/analyses", "post", { payload: {} })
    for (const which of [analysis.project_id, "nonsense"]) {
      await ask("/status/{projectId}", "get", { id: which })
      await ask("/api/v1/analyses/{id}", "get", { id: which })
      await ask("/api/v1/analyses/{id}/snippets", "get", { id: which })
    }
    await ask("/api/v1/analyses", "get", { url: "?limit=0" })
    await ask("/errors/{code}", "get", { id: "UNAVAILABLE" })
    await ask("/errors/{code}", "get", { id: "NONSENSE" })

    const [one, many] = ["/api/v1/schedules/{schedule_id}", "/api/v1/schedules"]
    const schedule = { type: "repository.update", repository_id: id, cron: "0 3 * * 1-5", timezone: "Europe/Berlin" }
    for (const twice of ["nightly", "nightly"]) await ask(many, "post", { payload: { id: twice, ...schedule } })
    await ask(many, "post", { payload: { ...schedule, cron: "nonsense" } })
    await ask(many, "get")
    await ask(one, "get", { id: "nightly" })
    await ask(one, "put", { id: "nightly", payload: { type: "repository.index", repository_id: id, every: "36h" } })
    for (const method of ["delete", "delete", "get"] as const) await ask(one, method, { id: "nightly" })

    const { runtime } = test
    await test.answer()
    await runtime.client.job(analysis.job_id).result()
    await ask("/status/{projectId}", "get", { id: analysis.project_id })
    await ask("/api/v1/analyses/{id}", "get", { id: analysis.project_id })
    await ask("/api/v1/analyses/{id}/snippets", "get", { id: analysis.project_id })
    await test.work(async () => Promise.reject(new Error("No.")))
    await runtime.client
      .job(index.job_id)
      .result()
      .catch(() => {})
    await ask("/api/v1/workers", "get")
    await ask("/api/v1/queues", "get")
    for (const queue of ["default", "nobodys"]) {
      await ask("/api/v1/queues/{queue}/stats", "get", { id: queue })
      for (const verb of ["pause", "resume", "drain"])
        await ask(`/api/v1/queues/{queue}/${verb}`, "post", { id: queue })
    }
    await ask("/api/v1/dead-letters", "get")
    for (const verb of ["redrive", "discard"]) {
      await ask(`/api/v1/dead-letters/${verb}`, "post", { payload: { job_ids: ["x"] } })
      await ask(`/api/v1/dead-letters/${verb}`, "post", { payload: {} })
    }
    for (const which of [index.job_id, newJobId(), "nonsense"]) await ask("/api/v1/jobs/{id}", "delete", { id: which })

    expect([...asked].sort()).toEqual(
      operations(document)
        .map(({ path, method }) => `${method} ${path}`)
        .sort(),
    )
  })

  it("can be left out", async () => {
    await using test = await buildApp({ documentation: false })
    for (const url of ["/openapi.json", "/docs"]) expect((await test.app.inject(url)).statusCode).toBe(404)
  })
})

describe("/docs", () => {
  it("is a page whose every part comes from here, under a policy that allows nothing else", async () => {
    await using test = await buildApp()
    const page = await test.app.inject("/docs")
    expect(page.headers["content-type"]).toContain("text/html")
    const policy = String(page.headers["content-security-policy"])
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toMatch(/upgrade-insecure-requests|https?:|\*/)
    const parts = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => String(url))
    expect(parts.length).toBeGreaterThan(3)
    for (const part of parts) {
      const answer = await test.app.inject(new URL(part, "http://localhost/docs").pathname)
      expect(answer.statusCode, part).toBe(200)
      expect(answer.headers["x-content-type-options"]).toBe("nosniff")
    }
    expect((await test.app.inject("/docs/json")).json()).toEqual(await documentOf(test))
  })
})
