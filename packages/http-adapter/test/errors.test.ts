import { createConnection } from "node:net"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { AssayError } from "@assay/core"
import type { Client } from "@assay/core"
import { describe, expect, it } from "vitest"
import { buildApp, services } from "./helpers/build-app.js"
import { ForeignError } from "./helpers/parse-repository-url.js"

const list = "/api/v1/repositories"

/** A client whose every question is answered with this error. */
function failingClient(error: unknown): Client {
  const fail = (): Promise<never> => Promise.reject(error)
  const { client } = services().runtime
  return {
    ...client,
    enqueue: fail,
    get: fail,
    list: fail,
    counts: fail,
    latestOfRepositories: fail,
    cancel: fail,
    redrive: fail,
  }
}

describe("an error body", () => {
  it("has the members of RFC 9457 and those of both older services", async () => {
    await using test = await buildApp()
    const answer = await test.app.inject({ url: `${list}/7?token=secret`, headers: { "x-request-id": "my-request.1" } })
    expect(answer.json()).toEqual({
      error: "Repository not found",
      code: "not_found",
      type: "/errors/REPOSITORY_NOT_FOUND",
      title: "Repository not found",
      status: 404,
      detail: "There is no repository 7.",
      instance: `${list}/7`,
      request_id: "my-request.1",
      hint: expect.any(String),
      retryable: false,
      success: false,
      message: "There is no repository 7.",
      timestamp: expect.stringMatching(/Z$/),
    })
    expect(answer.headers["x-request-id"]).toBe("my-request.1")
  })

  it("is application/json on the older routes, unless problem+json is asked for, and problem+json on new ones", async () => {
    await using test = await buildApp()
    const typeOf = async (url: string, accept = "*/*") =>
      (await test.app.inject({ url, headers: { accept } })).headers["content-type"]
    expect(await typeOf(`${list}/7`)).toBe("application/json")
    expect(await typeOf(`${list}/7`, "application/problem+json")).toBe("application/problem+json")
    expect(await typeOf("/api/v1/jobs/x")).toBe("application/problem+json")
    expect(await typeOf("/nothing")).toBe("application/problem+json")
  })

  it("has a type that leads to a description", async () => {
    await using test = await buildApp()
    const { type } = (await test.app.inject("/api/v1/jobs/x")).json()
    expect((await test.app.inject(type)).json()).toMatchObject({
      code: "INVALID_INPUT",
      word: "VALIDATION_ERROR",
      status: 400,
    })
    expect((await test.app.inject("/errors/constructor")).statusCode).toBe(404)
  })

  it.each(["", "with blank", "<script>", "x".repeat(129), "a\u00e9"])(
    "does not repeat the request id %j",
    async (id) => {
      await using test = await buildApp()
      const answer = await test.app.inject({ url: "/ping", headers: { "x-request-id": id } })
      expect(answer.headers["x-request-id"]).toMatch(/^req_[0-9A-Z]{26}$/)
    },
  )
})

describe("bodies that cannot be read", () => {
  const post = { method: "POST", url: list } as const
  const json = { "content-type": "application/json" }

  it.each([
    ["broken JSON", { headers: json, payload: '{"url": "owner/repo"' }, 400, "MALFORMED_BODY"],
    [
      "bytes that are no UTF-8",
      { headers: json, payload: Buffer.from([0x22, 0xff, 0xfe, 0x22]) },
      400,
      "MALFORMED_BODY",
    ],
    [
      "a tower of brackets",
      { headers: json, payload: "[".repeat(30_000) + "]".repeat(30_000) },
      400,
      "VALIDATION_ERROR",
    ],
    ["a prototype key", { headers: json, payload: '{"__proto__": {"url": "x"}}' }, 400, "MALFORMED_BODY"],
    [
      "a constructor key",
      { headers: json, payload: '{"constructor": {"prototype": {"a": 1}}}' },
      400,
      "MALFORMED_BODY",
    ],
    [
      "a form",
      { headers: { "content-type": "application/x-www-form-urlencoded" }, payload: "url=x" },
      415,
      "UNSUPPORTED_MEDIA_TYPE",
    ],
    [
      "plain text",
      { headers: { "content-type": "text/plain" }, payload: '{"url":"owner/repo"}' },
      415,
      "UNSUPPORTED_MEDIA_TYPE",
    ],
    ["a body of no kind", { payload: Buffer.from("x") }, 415, "UNSUPPORTED_MEDIA_TYPE"],
    ["a broken Content-Type", { headers: { "content-type": "\u0001;;" }, payload: "x" }, 415, "UNSUPPORTED_MEDIA_TYPE"],
    [
      "too large a body",
      { headers: json, payload: JSON.stringify({ url: "x".repeat(70_000) }) },
      413,
      "BODY_TOO_LARGE",
    ],
  ])("%s", async (...[, request, status, code]) => {
    await using test = await buildApp()
    const answer = await test.app.inject({ ...post, ...request })
    expect(answer.statusCode).toBe(status)
    expect(answer.json()).toMatchObject({ code, success: false, request_id: expect.any(String) })
  })

  it("keep a limit that can be set", async () => {
    await using test = await buildApp({ bodyLimit: 20 })
    expect((await test.app.inject({ ...post, payload: { url: "owner/a-repository" } })).statusCode).toBe(413)
  })
})

describe("failures underneath", () => {
  it("an unreachable store is 503, and says when to come back", async () => {
    const error = new AssayError("UNAVAILABLE", "The database cannot be reached.", { retryable: true })
    await using test = await buildApp({ client: failingClient(error) })
    for (const url of ["/api/v1/jobs", "/api/v1/queue/length"]) {
      const answer = await test.app.inject(url)
      expect(answer.statusCode).toBe(503)
      expect(answer.headers["retry-after"]).toBe("5")
      expect(answer.json()).toMatchObject({ code: "UNAVAILABLE", retryable: true })
    }
  })

  it("what nobody expected is 500: the request id in the answer, the rest in the log", async () => {
    const error = new Error("select * from secret_table", { cause: new Error("password=hunter2") })
    await using test = await buildApp({ client: failingClient(error) })
    const answer = await test.app.inject("/api/v1/jobs")
    expect(answer.statusCode).toBe(500)
    expect(answer.body).not.toMatch(/secret_table|hunter2|at .*\.ts/)
    const { request_id } = answer.json()
    expect(answer.json()).toMatchObject({ code: "internal", hint: expect.stringContaining("log") })
    const line = test.logger.lines.find((text) => text.startsWith("error "))
    expect(line).toContain(request_id)
    expect(line).toContain("secret_table")
  })

  it.each([
    [new ForeignError("GIT_TIMEOUT", "The remote took too long.", { retryable: true }), 504],
    [new ForeignError("SOMETHING_NEW", "Try later.", { retryable: true }), 503],
    [new ForeignError("SOMETHING_NEW", "hidden"), 500],
    [Object.assign(new Error("hidden"), { code: "23505" }), 500],
    [Object.assign(new Error("Slow down."), { statusCode: 429 }), 429],
    [Object.assign(new Error("hidden"), { statusCode: 200 }), 500],
    ["hidden", 500],
    [undefined, 500],
    [null, 500],
  ])("%s is %i", async (error, status) => {
    await using test = await buildApp({ client: failingClient(error) })
    const answer = await test.app.inject("/api/v1/jobs")
    expect(answer.statusCode).toBe(status)
    expect(answer.body).not.toContain("hidden")
  })

  it("are logged when they are ours, and not when they are the caller's", async () => {
    await using test = await buildApp()
    await test.app.inject("/api/v1/jobs/x")
    await test.app.inject({ method: "POST", url: list, payload: "x" })
    expect(test.logger.lines.filter((line) => /^(error|warn) /.test(line))).toEqual([])
  })
})

describe("paths and methods", () => {
  it("an unknown path is 404 and lists what there is", async () => {
    await using test = await buildApp()
    for (const url of ["/nothing", "/api/v1", "/api/v1/repositorys", "/API/V1/REPOSITORIES", "//"]) {
      const answer = await test.app.inject(url)
      expect(answer.statusCode).toBe(404)
      expect(answer.json()).toMatchObject({ code: "NOT_FOUND", error: "Endpoint not found" })
      expect(answer.json().available_endpoints).toContain("POST /api/v1/repositories/{id}/index")
    }
  })

  it("is plain text below /api/v1 for who asks for that", async () => {
    await using test = await buildApp()
    const answer = await test.app.inject({ url: "/api/v1/nothing", headers: { accept: "text/plain" } })
    expect(answer.statusCode).toBe(404)
    expect(answer.headers["content-type"]).toContain("text/plain")
    expect(answer.body).toBe("404 page not found\n")
    expect((await test.app.inject({ url: "/nothing", headers: { accept: "text/plain" } })).json().code).toBe(
      "NOT_FOUND",
    )
  })

  it.each([
    ["PUT", list, "POST, GET, HEAD, OPTIONS"],
    ["DELETE", list, "POST, GET, HEAD, OPTIONS"],
    ["POST", `${list}/1`, "GET, HEAD, PATCH, DELETE, OPTIONS"],
    ["GET", `${list}/1/index`, "POST, OPTIONS"],
    ["DELETE", "/ping", "GET, HEAD, OPTIONS"],
    ["POST", "/openapi.json", "GET, HEAD, OPTIONS"],
  ] as const)("%s %s is 405, with the methods there are", async (method, url, allow) => {
    await using test = await buildApp()
    const answer = await test.app.inject({ method, url, headers: { "content-type": "text/plain" }, payload: "{" })
    expect(answer.statusCode).toBe(405)
    expect(String(answer.headers.allow).split(", ").sort()).toEqual(allow.split(", ").sort())
    const options = await test.app.inject({ method: "OPTIONS", url })
    expect(options.statusCode).toBe(204)
    expect(options.headers.allow).toBe(answer.headers.allow)
  })

  it("a path that is not percent-encoded UTF-8 is 400", async () => {
    await using test = await buildApp()
    for (const url of ["/api/v1/jobs/%ff", "/%", "/api/v1/repositories/%E0%A4%A"]) {
      const answer = await test.app.inject(url)
      expect(answer.statusCode).toBe(400)
      expect(answer.json()).toMatchObject({ code: "BAD_REQUEST", request_id: expect.any(String) })
    }
  })

  it("HEAD is GET without the body", async () => {
    await using test = await buildApp()
    const answer = await test.app.inject({ method: "HEAD", url: list })
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toBe("")
  })

  it.each([
    ["what is no HTTP", "nonsense\r\n\r\n", 400],
    ["headers without end", `GET /ping HTTP/1.1\r\nHost: localhost\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`, 431],
    ["a method that nobody knows", "BREW /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400],
    ["a method that no route has", "PROPFIND /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 404],
    ["two lengths", "POST /ping HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400],
  ])("%s gets a proper answer over a real socket", async (_name, bytes, status) => {
    await using test = await buildApp()
    await test.app.listen({ host: "127.0.0.1", port: 0 })
    const socket = createConnection((test.app.server.address() as AddressInfo).port, "127.0.0.1")
    socket.write(bytes)
    const answer = await text(socket)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer).toContain('"request_id"')
  })
})
