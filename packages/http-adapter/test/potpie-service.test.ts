import type { InjectOptions } from "fastify"
import { newJobId } from "@assay/core"
import { describe, expect, it } from "vitest"
import { buildApp } from "./helpers/build-app.js"
import type { TestApp } from "./helpers/build-app.js"
import { aGate } from "./helpers/gate.js"
import { anAnswer, someSnippets } from "./helpers/memory-analyses.js"
import { ForeignError } from "./helpers/parse-repository-url.js"

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const canary = "ghp_canary0123456789"

function analyze(test: TestApp, payload: object, headers: Record<string, string> = {}) {
  return test.app.inject({ method: "POST", url: "/analyze", payload, headers })
}

describe("POST /analyze", () => {
  it("answers with every member that the older service's README shows", async () => {
    await using test = await buildApp()
    await analyze(test, { repo: "org/first" })
    const answer = await analyze(test, {
      repo: "org/repository-name",
      branch: "develop",
      question: "Explain the authentication module",
      github_token: canary,
    })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers["content-type"]).toBe("application/json")
    const id = answer.json().project_id
    expect(id).toMatch(/^job_/)
    expect(answer.json()).toEqual({
      success: true,
      project_id: id,
      job_id: id,
      status: "queued",
      message: "Repository analysis queued. Connect to WebSocket for real-time updates.",
      socket_io_endpoint: "http://localhost:80",
      websocket_endpoint: `/ws/${id}`,
      queue_position: 2,
      deduplicated: false,
      timestamp: time,
    })
    expect(test.analyses.requested[1]).toEqual({
      repo: "org/repository-name",
      branch: "develop",
      question: "Explain the authentication module",
      token: canary,
    })
  })

  it("takes forms, and what a form sends of fields that were left empty", async () => {
    await using test = await buildApp()
    for (const [type, payload] of [
      ["application/x-www-form-urlencoded", "repo=org%2Fname&branch=&question=&github_token="],
      ["application/x-www-form-urlencoded; charset=UTF-8", "repo=org%2Fname"],
      ["application/json", '{"repo":"org/name","branch":null,"question":"","unknown":1}'],
    ] as const) {
      const answer = await test.app.inject({
        method: "POST",
        url: "/analyze",
        headers: { "content-type": type },
        payload,
      })
      expect(answer.statusCode, payload).toBe(200)
      expect(test.analyses.requested.at(-1)).toEqual({ repo: "org/name" })
    }
    expect((await test.analyses.list({ tenant: "default" })).analyses).toMatchObject([{ branch: "main" }])
  })

  it.each([[{}], [{ repo: "" }], [{ repo: null }], [[]], [undefined]])(
    "says what is missing as the older service did: %j",
    async (payload) => {
      await using test = await buildApp()
      const request: InjectOptions = { method: "POST", url: "/analyze", ...(payload && { payload }) }
      const answer = await test.app.inject(request)
      expect(answer.statusCode).toBe(400)
      expect(Object.entries(answer.json()).slice(0, 2)).toEqual([
        ["error", "Missing required parameter: repo"],
        ["example", { repo: "owner/repo", branch: "main", question: "How does authentication work?" }],
      ])
      expect(answer.json()).toMatchObject({
        code: "VALIDATION_ERROR",
        success: false,
        details: [{ field: "repo", message: "is required" }],
        errors: [{ pointer: "#/repo", detail: "is required" }],
        timestamp: time,
      })
    },
  )

  it.each([
    [{ repo: "not a repository" }, "repo"],
    [{ repo: "org/name", branch: "a..b" }, "branch"],
    [{ repo: "org/name", question: "a\0b" }, "question"],
    [{ repo: "org/name", question: "x".repeat(20_000) }, "question"],
    [{ repo: "org/name", github_token: `with blank ${canary}` }, "github_token"],
    [{ repo: 7 }, "repo"],
  ])("refuses %j, says which member is wrong, and makes no job", async (payload, field) => {
    await using test = await buildApp()
    const answer = await analyze(test, payload)
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ success: false, details: [{ field }], example: { repo: "owner/repo" } })
    expect(answer.body).not.toContain(canary)
    expect((await test.store.list()).jobs).toEqual([])
  })

  it("answers 400 to malformed JSON and 413 to what is too large", async () => {
    await using test = await buildApp()
    const headers = { "content-type": "application/json" }
    const post = (payload: string) => test.app.inject({ method: "POST", url: "/analyze", headers, payload })
    const malformed = await post(`{"repo": "org/name", "github_token": "${canary}"`)
    expect(malformed.statusCode).toBe(400)
    expect(malformed.json()).toMatchObject({ code: "MALFORMED_BODY", success: false, message: expect.any(String) })
    expect(malformed.body).not.toContain(canary)
    expect((await post(JSON.stringify({ repo: "x".repeat(70_000) }))).statusCode).toBe(413)
  })

  it("is 503 without a key for Potpie, makes no job, and does not ask to come back soon", async () => {
    await using test = await buildApp({ analyses: undefined as never })
    const answer = await analyze(test, { repo: "org/name" })
    expect(answer.statusCode).toBe(503)
    expect(answer.json()).toMatchObject({
      success: false,
      code: "POTPIE_NOT_CONFIGURED",
      retryable: false,
      hint: expect.stringContaining("POTPIE_API_KEY"),
    })
    expect(answer.headers["retry-after"]).toBeUndefined()
    expect((await test.store.list()).jobs).toEqual([])
    expect(await test.repositories.count("default")).toBe(0)
    expect((await test.app.inject(`/status/${newJobId()}`)).statusCode).toBe(404)
    expect((await test.app.inject("/queue/stats")).json()).toMatchObject({
      stats: { waiting: 0, active: 0, completed: 0, failed: 0, total: 0 },
      worker_status: "stopped",
    })
    expect((await test.app.inject("/health")).json()).toMatchObject({ status: "ok", potpie_api: "unconfigured" })
    expect((await test.app.inject("/api/v1/analyses")).json()).toEqual({ data: [], next_cursor: null, has_more: false })
  })

  it("is 503 while the store is down, and says when to come back", async () => {
    const down = new ForeignError("UNAVAILABLE", "postgres://user:secret@host is down", { retryable: true })
    await using test = await buildApp()
    test.analyses.request = () => Promise.reject(down)
    const answer = await analyze(test, { repo: "org/name" })
    expect(answer.statusCode).toBe(503)
    expect(answer.headers["retry-after"]).toBe("5")
  })

  it("joins the same question, and tells truthfully how far that is", async () => {
    await using test = await buildApp()
    const gate = aGate()
    await test.answer(async (context, note) => {
      await context.stage("processing_conversations")
      await gate.opened
      note({ answer: anAnswer(), snippets: someSnippets() })
    })
    const question = { repo: "org/name", question: "Why?" }
    const first = (await analyze(test, question, { "idempotency-key": "one" })).json()
    await expect.poll(async () => (await test.store.get(first.job_id))?.stage).toBe("processing_conversations")
    const joined = (await analyze(test, question)).json()
    expect(joined).toMatchObject({
      project_id: first.project_id,
      status: "processing_conversations",
      deduplicated: true,
      queue_position: null,
      message: expect.stringContaining("already"),
    })
    gate.open()
    await test.runtime.client.job(first.job_id).result()
    const repeated = (await analyze(test, question, { "idempotency-key": "one" })).json()
    expect(repeated).toMatchObject({ project_id: first.project_id, status: "finished", deduplicated: true })
    expect((await analyze(test, question)).json()).toMatchObject({ status: "queued", deduplicated: false })
    const other = await analyze(test, { repo: "org/name", question: "What?" }, { "idempotency-key": "one" })
    expect(other.statusCode).toBe(422)
  })
})

describe("GET /status/:projectId", () => {
  it("answers with every member that the README shows, from queued to finished", async () => {
    await using test = await buildApp()
    const { project_id: id } = (await analyze(test, { repo: "org/name" })).json()
    const status = async (of = id) => (await test.app.inject(`/status/${of}`)).json()
    const queued = {
      success: true,
      project_id: id,
      job_id: id,
      repo: "org/name",
      branch: "main",
      status: "queued",
      stage: null,
      progress: 0,
      queue_position: 1,
      attempts: 0,
      max_attempts: 3,
      details: { created_at: time, processed_at: null, finished_at: null, failed_reason: null },
      timestamp: time,
    }
    expect(await status()).toEqual(queued)

    const gates = [aGate(), aGate(), aGate(), aGate()]
    await test.answer(async (context, note) => {
      await context.stage("parsing")
      note({ potpieProjectId: "0197-potpie", potpieStatus: "cloned" })
      await gates[0]?.opened
      await context.stage("ready")
      await gates[1]?.opened
      await context.stage("processing_conversations")
      await gates[2]?.opened
      context.progress(1, 2, "answers")
      await gates[3]?.opened
      note({ answer: anAnswer(), snippets: someSnippets(), commit: "c0ffee" })
    })
    await expect.poll(async () => (await status()).potpie_project_id).toBe("0197-potpie")
    expect(await status()).toMatchObject({ status: "parsing", progress: 30, queue_position: null, attempts: 1 })
    expect(await status("0197-potpie")).toMatchObject({ project_id: id, potpie_project_id: "0197-potpie" })
    for (const [gate, word, progress] of [
      [gates[0], "ready", 50],
      [gates[1], "processing_conversations", 75],
      [gates[2], "processing_conversations", 87],
    ] as const) {
      gate?.open()
      await expect.poll(async () => (await status()).progress).toBe(progress)
      expect(await status()).toMatchObject({ status: word, details: { processed_at: time, finished_at: null } })
    }
    gates[3]?.open()
    await test.runtime.client.job(id).result()
    expect(await status()).toEqual({
      ...queued,
      potpie_project_id: "0197-potpie",
      status: "finished",
      stage: "processing_conversations",
      progress: 100,
      queue_position: null,
      attempts: 1,
      details: { created_at: time, processed_at: time, finished_at: time, failed_reason: null },
      data: {
        project_id: id,
        repo: "org/name",
        branch: "main",
        snippets: [
          {
            node_id: "src/lamp.ts:1-2",
            file_path: "src/lamp.ts",
            code: "export const lamp = [1,2,]\n",
            line_start: 1,
            line_end: 2,
            tags: ["lamp"],
            description: "The lamp.",
            verification: "verbatim",
            remark: null,
          },
          {
            node_id: "the idea",
            file_path: null,
            code: null,
            line_start: null,
            line_end: null,
            tags: [],
            description: null,
            verification: "unchecked",
            remark: "It names no file.",
          },
        ],
        snippets_count: 2,
        analysis_response: { architecture: "A lamp, and a switch." },
        metadata: {
          model: "gpt",
          potpie_project_id: "0197-potpie",
          commit: "c0ffee",
          question: null,
          has_github_token: false,
          verification: { verbatim: 1, differs: 0, missing: 0, unchecked: 1 },
          parsed_at: time,
          total_nodes_found: 2,
          processed_nodes: 1,
          processing_time_ms: 1234,
          job_id: id,
        },
      },
    })
  })

  it("says why it failed, once it has for good, and of a cancelled one that it was", async () => {
    await using test = await buildApp()
    const { project_id: cancelled } = (await analyze(test, { repo: "org/other" })).json()
    await test.runtime.client.cancel(cancelled, "not needed")
    expect((await test.app.inject(`/status/${cancelled}`)).json()).toMatchObject({
      status: "failed",
      progress: 0,
      details: { failed_reason: "not needed" },
    })
    await test.answer(async (context) => {
      await context.stage("parsing")
      throw new ForeignError("POTPIE_PARSE_FAILED", "Potpie could not parse it.")
    })
    const { project_id: id } = (await analyze(test, { repo: "org/name" })).json()
    await expect(test.runtime.client.job(id).result()).rejects.toThrow()
    expect((await test.app.inject(`/status/${id}`)).json()).toMatchObject({
      success: true,
      status: "failed",
      progress: 25,
      details: { failed_reason: "Potpie could not parse it.", finished_at: time },
      failure: { code: "POTPIE_PARSE_FAILED", retryable: false, hint: null },
    })
  })

  it.each([
    "..%2Fprojects",
    "..%2f..%2fapi%2fv2%2fprojects",
    "%00",
    "a%00b",
    "x".repeat(10_240),
    "abc123",
    "%E2%80%AE",
    "constructor",
    "a b",
    newJobId(),
  ])("is 404 for what is not ours (%s), and asks nobody else about it", async (id) => {
    await using test = await buildApp()
    test.analyses.ask = () => Promise.reject(new Error("Nobody may be asked."))
    const answer = await test.app.inject(`/status/${id}`)
    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toMatchObject({ success: false, error: expect.any(String), timestamp: time })
    expect(test.analyses.lookedAt).toBe(0)
  })

  it("does not show the analysis of another tenant", async () => {
    await using test = await buildApp({
      authorize: ({ headers }) => ({ allowed: true, tenant: String(headers["x-tenant"] ?? "default") }),
    })
    const { project_id: id } = (await analyze(test, { repo: "org/name" })).json()
    const ask = (url: string) => test.app.inject({ url, headers: { "x-tenant": "another" } })
    for (const url of [`/status/${id}`, `/api/v1/analyses/${id}`, `/api/v1/analyses/${id}/snippets`]) {
      expect((await ask(url)).statusCode, url).toBe(404)
    }
    expect((await ask("/api/v1/analyses")).json().data).toEqual([])
  })
})

describe("GET /queue/stats", () => {
  it("has every member that the README shows, and adds up", async () => {
    await using test = await buildApp()
    const stats = async () => (await test.app.inject("/queue/stats")).json()
    const gate = aGate()
    for (const name of ["fails", "one", "two"]) await analyze(test, { repo: `org/${name}` })
    expect(await stats()).toEqual({
      queue_name: "potpie-analysis",
      stats: { waiting: 3, active: 0, completed: 0, failed: 0, total: 3 },
      worker_status: "stopped",
      max_concurrency: 5,
      max_retries: 3,
      timestamp: time,
    })
    await test.answer(async (context) => {
      if (context.input.repo === "org/fails") throw new ForeignError("POTPIE_AUTH", "No.")
      if (context.input.repo === "org/two") await gate.opened
    })
    await expect
      .poll(async () => (await stats()).stats)
      .toEqual({ waiting: 0, active: 1, completed: 1, failed: 1, total: 3 })
    await expect.poll(async () => (await stats()).worker_status).toBe("running")
    gate.open()
  })
})

describe("POST /sendMessage", () => {
  const send = (test: TestApp, payload: object, headers: Record<string, string> = {}) =>
    test.app.inject({ method: "POST", url: "/sendMessage", payload, headers })

  it("needs an API key, also on the machine itself and where everybody may do everything else", async () => {
    for (const options of [{}, { open: true }]) {
      await using test = await buildApp(options)
      const answer = await send(test, { projectId: "abc123" })
      expect(answer.statusCode).toBe(403)
      expect(answer.json().hint).toContain("ASSAY_API_KEYS")
      expect(test.analyses.asked).toEqual([])
    }
    await using test = await buildApp({ apiKeys: ["key"] })
    expect((await send(test, { projectId: "abc123" })).statusCode).toBe(401)
    expect((await send(test, { projectId: "abc123" }, { "x-api-key": "wrong" })).statusCode).toBe(401)
    expect(test.analyses.asked).toEqual([])
  })

  it("answers with the data, finished", async () => {
    await using test = await buildApp({ apiKeys: ["key"] })
    const answer = await send(test, { projectId: "abc123", repo: "org/name" }, { "x-api-key": "key" })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({
      status: "finished",
      data: { project_id: "abc123", repo: "org/name", branch: "main", snippets_count: 2, metadata: { job_id: null } },
    })
    expect(test.analyses.asked).toEqual([{ projectId: "abc123", repo: "org/name" }])
  })

  it("says what is wrong, and passes on no id that would mean something in a path, nor one of ours", async () => {
    await using test = await buildApp({ apiKeys: ["key"] })
    const headers = { "x-api-key": "key" }
    const missing = await send(test, {}, headers)
    expect(missing.statusCode).toBe(400)
    expect(missing.json()).toMatchObject({
      error: "Missing required parameter: projectId",
      example: { projectId: "abc123" },
    })
    for (const projectId of ["../projects", "a/b", "a?b", "..", "\0", "x".repeat(10_240)]) {
      expect((await send(test, { projectId }, headers)).statusCode, projectId).toBe(400)
    }
    expect((await send(test, { projectId: newJobId() }, headers)).statusCode).toBe(404)
    expect(test.analyses.asked).toEqual([])
    expect((await send(test, { projectId: "unknown" }, headers)).json()).toMatchObject({ code: "POTPIE_NOT_FOUND" })
  })
})

describe("GET / and GET /health", () => {
  it("/ says what the older service's / said, also without a key", async () => {
    await using test = await buildApp({ version: "3.1.0", service: "our-analyses", apiKeys: ["key"] })
    for (const accept of ["*/*", "application/json, text/plain, */*"]) {
      const answer = await test.app.inject({ url: "/", headers: { accept } })
      expect(answer.statusCode).toBe(200)
      expect(answer.json()).toEqual({
        status: "ok",
        service: "our-analyses",
        version: "3.1.0",
        timestamp: time,
        uptime: expect.any(Number),
        queue_name: "potpie-analysis",
        max_retries: 3,
      })
      expect(answer.headers.vary).toBe("Accept, Sec-Fetch-Mode")
    }
  })

  it("/ leads a browser to what a person can read, and only a browser that was pointed at it", async () => {
    const accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    await using test = await buildApp({ corsOrigins: ["https://tools.example"] })
    for (const headers of [{ accept }, { accept, "sec-fetch-mode": "navigate" }]) {
      const answer = await test.app.inject({ url: "/", headers })
      expect(answer.statusCode).toBe(302)
      expect(answer.headers.location).toBe("/docs")
      expect(answer.headers.vary).toBe("Origin, Accept, Sec-Fetch-Mode")
    }
    const fetched = await test.app.inject({ url: "/", headers: { accept, "sec-fetch-mode": "cors" } })
    expect(fetched.json().status).toBe("ok")
    await using bare = await buildApp({ documentation: false })
    expect((await bare.app.inject({ url: "/", headers: { accept } })).json().status).toBe("ok")
  })

  it("/health has every key, and of jobs no more than an id, a state and times", async () => {
    await using test = await buildApp({ websocketConnections: () => 7, optionalChecks: { redis: async () => {} } })
    const { job_id: id } = (await analyze(test, { repo: "org/private-name", github_token: canary })).json()
    const answer = await test.app.inject("/health")
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({
      status: "degraded",
      service: "assay",
      potpie_api: "connected",
      redis: "connected",
      queue: "ready",
      worker: "stopped",
      queue_stats: {
        waiting: [
          { status: "queued", id, name: "repository.analyze", timestamp: expect.any(Number), finishedOn: null },
        ],
        active: [],
        completed: [],
        failed: [],
      },
      websocket_connections: 7,
      timestamp: time,
      uptime: expect.any(Number),
    })
    expect(answer.body).not.toContain("private-name")
    await test.answer()
    await expect.poll(async () => (await test.app.inject("/health")).json().status).toBe("ok")
    await expect
      .poll(async () => (await test.app.inject("/health")).json().queue_stats.completed)
      .toMatchObject([{ id, status: "finished", finishedOn: expect.any(Number) }])
  })

  it("/health tells a probe without a key how it is, and nothing by which a job could be found", async () => {
    await using test = await buildApp({ apiKeys: ["key"] })
    await analyze(test, { repo: "org/name" }, { "x-api-key": "key" })
    expect((await test.app.inject("/health")).json().queue_stats.waiting).toEqual([{ status: "queued" }])
  })

  it("/health is 503 only when the store is down; Redis and Potpie can be missed", async () => {
    const down = (): Promise<never> => Promise.reject(new ForeignError("UNAVAILABLE", "postgres://secret"))
    await using without = await buildApp({ optionalChecks: { redis: down } })
    without.analyses.state = "disconnected"
    const missed = await without.app.inject("/health")
    expect(missed.statusCode).toBe(200)
    expect(missed.json()).toMatchObject({ status: "degraded", redis: "disconnected", potpie_api: "disconnected" })
    await using test = await buildApp({ checks: { store: down } })
    test.analyses.list = down
    const answer = await test.app.inject("/health")
    expect(answer.statusCode).toBe(503)
    expect(answer.json()).toMatchObject({ status: "unavailable", queue: "unavailable", redis: "unused" })
    expect(answer.body).not.toContain("secret")
  })

  it("/health does not wait for a Potpie that hangs", async () => {
    await using test = await buildApp({ checkTimeoutMs: 20 })
    test.analyses.potpie = () => new Promise(() => {})
    expect((await test.app.inject("/health")).json().potpie_api).toBe("disconnected")
  })
})

describe("everything else", () => {
  it("is the older service's 404, with every endpoint there is, of both services", async () => {
    await using test = await buildApp()
    const answer = await test.app.inject({ method: "POST", url: "/nothing?token=secret" })
    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toMatchObject({
      error: "Endpoint not found",
      path: "/nothing",
      method: "POST",
      timestamp: time,
    })
    expect(answer.json().available_endpoints).toEqual(
      expect.arrayContaining([
        "GET /",
        "GET /health",
        "POST /analyze",
        "GET /status/{projectId}",
        "GET /queue/stats",
        "POST /sendMessage",
        "GET /metrics",
        "GET /api/v1/repositories",
      ]),
    )
  })

  it("lets pages of listed origins call each route, with PATCH among the methods", async () => {
    const origin = "https://tools.example"
    await using test = await buildApp({ corsOrigins: [origin] })
    for (const url of ["/", "/health", "/analyze", "/status/x", "/queue/stats", "/sendMessage"]) {
      const headers = { origin, "access-control-request-method": "POST" }
      const answer = await test.app.inject({ method: "OPTIONS", url, headers })
      expect(answer.statusCode, url).toBe(204)
      expect(answer.headers["access-control-allow-origin"]).toBe(origin)
      expect(answer.headers["access-control-allow-methods"]).toContain("PATCH")
    }
  })

  it("keeps a token that came with a question out of every answer and every log line", async () => {
    await using test = await buildApp()
    await test.answer(async (context) => {
      expect(await context.secret("token")).toBe(canary)
      throw new ForeignError("POTPIE_REJECTED", "No.")
    })
    const { job_id: id } = (await analyze(test, { repo: "org/name", github_token: canary })).json()
    await expect(test.runtime.client.job(id).result()).rejects.toThrow()
    await analyze(test, { repo: "org/name", github_token: [canary], [canary]: canary })
    const urls = ["/health", `/status/${id}`, `/api/v1/analyses/${id}`, "/api/v1/analyses", `/api/v1/jobs/${id}`]
    for (const url of [...urls, "/queue/stats", "/metrics", "/api/v1/jobs", "/api/v1/dead-letters"]) {
      expect((await test.app.inject(url)).body, url).not.toContain(canary)
    }
    expect(test.logger.lines.length).toBeGreaterThan(5)
    expect(test.logger.lines.join("\n")).not.toContain(canary)
    expect(JSON.stringify(await test.store.events(id))).not.toContain(canary)
  })
})
