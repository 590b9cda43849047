import { describe, expect, it } from "vitest"
import { buildApp } from "./helpers/build-app.js"

const list = "/api/v1/repositories"
const origin = "https://tools.example"
const preflight = {
  "access-control-request-method": "PATCH",
  "access-control-request-headers": "content-type,x-api-key",
}

describe("CORS", () => {
  it("is off by default: no answer carries its headers", async () => {
    await using test = await buildApp({ apiKeys: ["key"] })
    const answer = await test.app.inject({ url: list, headers: { origin, "x-api-key": "key" } })
    expect(answer.statusCode).toBe(200)
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([])
  })

  it("lets pages of a listed origin use every method, PATCH and DELETE included", async () => {
    await using test = await buildApp({ apiKeys: ["key"], corsOrigins: [origin] })
    const answer = await test.app.inject({ method: "OPTIONS", url: `${list}/1`, headers: { origin, ...preflight } })
    expect(answer.statusCode).toBe(204)
    expect(answer.headers["access-control-allow-origin"]).toBe(origin)
    expect(answer.headers["access-control-allow-methods"]).toMatch(/PATCH.*DELETE/)
    expect(answer.headers["access-control-allow-headers"]).toContain("x-api-key")
    expect(answer.headers.vary).toBe("Origin")
  })

  it("is on errors too, so that a page can read why", async () => {
    await using test = await buildApp({ apiKeys: ["key"], corsOrigins: [origin] })
    const answer = await test.app.inject({ url: list, headers: { origin } })
    expect(answer.statusCode).toBe(401)
    expect(answer.headers["access-control-allow-origin"]).toBe(origin)
  })

  it("does not know other origins", async () => {
    await using test = await buildApp({ apiKeys: ["key"], corsOrigins: [origin] })
    for (const other of ["https://tools.example.evil", "http://tools.example", "null"]) {
      const answer = await test.app.inject({ method: "OPTIONS", url: list, headers: { origin: other, ...preflight } })
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined()
    }
  })

  it("can be open to all, which does not open a service without keys", async () => {
    await using keyed = await buildApp({ apiKeys: ["key"], corsOrigins: ["*"] })
    const answer = await keyed.app.inject({ url: list, headers: { origin, "x-api-key": "key" } })
    expect(answer.headers["access-control-allow-origin"]).toBe("*")
    await using local = await buildApp({ corsOrigins: ["*"] })
    expect((await local.app.inject({ url: list, headers: { host: "localhost", origin } })).statusCode).toBe(403)
  })

  it.each(["tools.example", "https://tools.example/", "https://tools.example/path", ""])(
    "refuses to start with the origin %j",
    async (wrong) => {
      await expect(buildApp({ corsOrigins: [wrong] })).rejects.toThrow(TypeError)
    },
  )
})

describe("headers of every answer", () => {
  it.each([list, "/ping", "/nothing", `${list}/x`])("keep %s from being stored, sniffed or framed", async (url) => {
    await using test = await buildApp()
    const { headers } = await test.app.inject(url)
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-request-id": expect.stringMatching(/^req_/),
    })
  })
})
