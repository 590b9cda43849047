import { get, request as httpRequest } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { describe, expect, it } from "vitest"
import { assertSafeBinding, createAuthorize, HttpError } from "../src/index.js"
import type { Access, Action, Resource } from "../src/index.js"
import { buildApp } from "./helpers/build-app.js"

const list = "/api/v1/repositories"

describe("with API keys", () => {
  const apiKeys = ["first-key", "second-key"]

  it.each([
    { authorization: "Bearer first-key" },
    { authorization: "bearer second-key" },
    { "x-api-key": "second-key" },
    { authorization: "Basic Zm9vOmJhcg==", "x-api-key": "first-key" },
  ])("lets %j in, from wherever it comes", async (headers) => {
    await using test = await buildApp({ apiKeys })
    const answer = await test.app.inject({
      url: list,
      headers: { host: "assay.example", ...headers },
      remoteAddress: "203.0.113.9",
    })
    expect(answer.statusCode).toBe(200)
  })

  it.each([
    {},
    { authorization: "Bearer first-ke" },
    { authorization: "Bearer first-key2" },
    { authorization: "Bearer " },
    { authorization: "first-key" },
    { authorization: "Basic first-key" },
    { "x-api-key": "" },
    { "x-api-key": "first-key,second-key" },
    { "x-api-key": "\u00e9" },
  ])("answers 401 to %j, before anything of the request is looked at", async (headers) => {
    await using test = await buildApp({ apiKeys })
    for (const url of [list, `${list}/abc`, "/api/v1/jobs/nonsense"]) {
      const answer = await test.app.inject({ url, headers })
      expect(answer.statusCode).toBe(401)
      expect(answer.headers["www-authenticate"]).toBe('Bearer realm="assay"')
      expect(answer.json()).toMatchObject({ code: "UNAUTHENTICATED", hint: expect.stringContaining("x-api-key") })
      expect(answer.body).not.toContain("first-key")
    }
  })

  it.each(["/ping", "/livez", "/readyz", "/openapi.json", "/docs"])(
    "leaves %s open, which holds no data",
    async (url) => {
      await using test = await buildApp({ apiKeys })
      const answer = await test.app.inject({ url, headers: { host: "assay.example" }, remoteAddress: "203.0.113.9" })
      expect(answer.statusCode).toBe(200)
    },
  )

  it.each([[""], ["with blank"], ["schlüssel"]])("refuses to start with the key %j", async (key) => {
    await expect(buildApp({ apiKeys: [key] })).rejects.toThrow(RangeError)
  })
})

describe("without API keys", () => {
  it.each(["localhost", "localhost:8080", "LOCALHOST", "127.0.0.1:3000", "127.1.2.3", "[::1]", "[::1]:8080"])(
    "serves this machine under the name %s",
    async (host) => {
      await using test = await buildApp()
      expect((await test.app.inject({ url: list, headers: { host } })).statusCode).toBe(200)
    },
  )

  it.each([
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil.example:8080",
    "192.168.0.1",
    "0.0.0.0",
    "[::]",
    "localhost@evil.example",
    "localhost:8080/evil",
    "localhost, evil.example",
    "2130706433",
    "localhost:",
  ])("answers 403 to the Host header %j, also for probes", async (host) => {
    await using test = await buildApp()
    for (const url of [list, "/ping", "/readyz", "/docs", "/nothing"]) {
      const answer = await test.app.inject({ url, headers: { host } })
      expect(answer.statusCode).toBe(403)
      expect(answer.json()).toMatchObject({ code: "FORBIDDEN", hint: expect.stringContaining("ASSAY_API_KEYS") })
    }
  })

  it.each(["203.0.113.9", "10.0.0.1", "::ffff:10.0.0.1", "fe80::1"])(
    "answers 403 to the peer %s",
    async (remoteAddress) => {
      await using test = await buildApp()
      const answer = await test.app.inject({ url: list, headers: { host: "localhost" }, remoteAddress })
      expect(answer.statusCode).toBe(403)
      expect(answer.json().hint).toContain("ASSAY_OPEN=1")
    },
  )

  it.each(["127.0.0.1", "::1", "::ffff:127.0.0.1"])("knows the peer %s for this machine", async (remoteAddress) => {
    await using test = await buildApp()
    expect((await test.app.inject({ url: list, headers: { host: "localhost" }, remoteAddress })).statusCode).toBe(200)
  })

  it.each(["x-forwarded-for", "forwarded", "x-real-ip", "x-forwarded-host"])(
    "answers 403 to what came through a proxy (%s)",
    async (name) => {
      await using test = await buildApp()
      const answer = await test.app.inject({ url: list, headers: { host: "localhost", [name]: "203.0.113.9" } })
      expect(answer.statusCode).toBe(403)
    },
  )

  it.each(["https://evil.example", "null", "http://localhost:3000", "http://localhost:8080.evil.example", "file://"])(
    "answers 403 to a page of the origin %s",
    async (origin) => {
      await using test = await buildApp()
      const headers = { host: "localhost:8080", origin }
      const answer = await test.app.inject({ method: "POST", url: list, headers, payload: { url: "owner/repo" } })
      expect(answer.statusCode).toBe(403)
      expect(await test.repositories.count("default")).toBe(0)
    },
  )

  it("serves its own pages, and those of listed origins", async () => {
    await using test = await buildApp({ corsOrigins: ["http://localhost:3000"] })
    for (const origin of ["http://localhost:8080", "http://localhost:3000"]) {
      const headers = { host: "localhost:8080", origin }
      const answer = await test.app.inject({
        method: "POST",
        url: list,
        headers,
        payload: { url: `owner/${origin.length}${origin.at(-4)}` },
      })
      expect(answer.statusCode).toBe(201)
    }
  })

  it("serves everybody when it is open", async () => {
    await using test = await buildApp({ open: true })
    const headers = { host: "assay.example", origin: "https://evil.example", "x-forwarded-for": "203.0.113.9" }
    expect((await test.app.inject({ url: list, headers, remoteAddress: "203.0.113.9" })).statusCode).toBe(200)
  })

  it("works over a real socket, where the Host header decides", async () => {
    await using test = await buildApp()
    await test.app.listen({ host: "127.0.0.1", port: 0 })
    const { port } = test.app.server.address() as AddressInfo
    const statusFor = (headers: Record<string, string>): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        get({ host: "127.0.0.1", port, path: list, headers, agent: false }, (answer) => {
          answer.resume()
          resolve(answer.statusCode)
        }).on("error", reject)
      })
    expect(await statusFor({})).toBe(200)
    expect(await statusFor({ host: "rebound.example" })).toBe(403)
    expect(await statusFor({ origin: "https://evil.example" })).toBe(403)
  })

  it("refuses HTTP/1.0 without a Host header", async () => {
    const authorize = createAuthorize()
    expect(authorize({ headers: {}, socket: { remoteAddress: "127.0.0.1" } }, "repository.list", {})).toMatchObject({
      status: 403,
    })
    expect(authorize({ headers: { host: "localhost" }, socket: {} }, "repository.list", {})).toMatchObject({
      status: 403,
    })
  })
})

describe("a host's own authorize", () => {
  it("is asked about every request once, with the action and the resource, and names the tenant", async () => {
    const asked: [Action, Resource][] = []
    await using test = await buildApp({
      authorize: (request, action, resource) => {
        asked.push([action, resource])
        return { allowed: true, tenant: String(request.headers["x-tenant"] ?? "none") }
      },
    })
    const mine = await test.aRepository({ tenant: "mine" })
    const ask = (method: "GET" | "POST" | "PATCH" | "DELETE", url: string, tenant = "mine") =>
      test.app.inject({ method, url, headers: { "x-tenant": tenant } })
    expect((await ask("GET", `${list}/${mine.id}`)).statusCode).toBe(200)
    expect((await ask("GET", `${list}/${mine.id}`, "yours")).statusCode).toBe(404)
    const queued = await ask("POST", `${list}/${mine.id}/index`)
    const jobId = queued.json().job_id
    expect((await ask("GET", `/api/v1/jobs/${jobId}`)).statusCode).toBe(200)
    expect((await ask("GET", `/api/v1/jobs/${jobId}`, "yours")).statusCode).toBe(404)
    await ask("POST", `/api/v1/jobs/${jobId}/cancel`)
    await ask("DELETE", `${list}/${mine.id}`)
    await ask("GET", "/api/v1/queue/length")
    await ask("GET", "/livez")
    await ask("GET", `${list}/nonsense`)
    const repository = { repositoryId: mine.id }
    expect(asked).toEqual([
      ["repository.read", repository],
      ["repository.read", repository],
      ["repository.index", repository],
      ["job.read", { jobId }],
      ["job.read", { jobId }],
      ["job.cancel", { jobId }],
      ["repository.delete", repository],
      ["queue.read", {}],
      ["meta.read", {}],
      ["repository.read", {}],
    ])
  })

  it("refuses with the sentence and the hint it gives", async () => {
    const access: Access = { allowed: false, status: 403, message: "Not on Sundays.", hint: "Come back tomorrow." }
    await using test = await buildApp({ authorize: async () => access })
    const answer = await test.app.inject(list)
    expect(answer.statusCode).toBe(403)
    expect(answer.json()).toMatchObject({ detail: "Not on Sundays.", hint: "Come back tomorrow.", code: "FORBIDDEN" })
  })

  it("lets nobody in when it fails, and tells nobody why", async () => {
    await using test = await buildApp({ authorize: () => Promise.reject(new Error("ldap://secret is down")) })
    const answer = await test.app.inject({ method: "POST", url: list, payload: { url: "owner/repo" } })
    expect(answer.statusCode).toBe(500)
    expect(answer.body).not.toContain("ldap")
    expect(await test.repositories.count("default")).toBe(0)
  })

  it("decides before a body is read", async () => {
    await using test = await buildApp({ apiKeys: ["key"] })
    await test.app.listen({ host: "127.0.0.1", port: 0 })
    const { port } = test.app.server.address() as AddressInfo
    const answer = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const sent = httpRequest({ host: "127.0.0.1", port, path: list, method: "POST", agent: false }, async (reply) => {
        resolve({ status: reply.statusCode, body: await text(reply) })
        sent.destroy()
      })
      sent.on("error", reject)
      sent.setHeader("content-type", "application/json")
      sent.setHeader("content-length", "1000")
      // Only the beginning: who waits for the rest, waits for ever.
      sent.write('{"url":')
    })
    expect(answer.status).toBe(401)
  })
})

describe("assertSafeBinding", () => {
  it.each(["localhost", "127.0.0.1", "127.8.9.10", "::1", "[::1]", "::ffff:127.0.0.1"])(
    "lets a server listen on %s",
    (host) => {
      expect(() => assertSafeBinding({ host })).not.toThrow()
    },
  )

  it.each(["0.0.0.0", "::", "", "192.168.1.5", "assay.example", "127.0.0.1.evil.example"])(
    "refuses %j without keys, and says what to do",
    (host) => {
      const attempt = (): void => assertSafeBinding({ host, apiKeys: [] })
      expect(attempt).toThrow(HttpError)
      expect(attempt).toThrow(
        expect.objectContaining({ code: "UNSAFE_BINDING", hint: expect.stringContaining("ASSAY_API_KEYS") }),
      )
      expect(() => assertSafeBinding({ host, apiKeys: ["key"] })).not.toThrow()
      expect(() => assertSafeBinding({ host, open: true })).not.toThrow()
    },
  )
})
