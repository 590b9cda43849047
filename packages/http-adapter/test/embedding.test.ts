import Fastify from "fastify"
import type { FastifyInstance } from "fastify"
import { describe, expect, it } from "vitest"
import { httpAdapter } from "../src/index.js"
import { services } from "./helpers/build-app.js"

/** A host with rules of its own: an error handler, a parser that takes everything, a not-found answer, a decoration. */
async function aHost(register: (host: FastifyInstance) => Promise<void> | void): Promise<FastifyInstance> {
  const host = Fastify()
  host.setErrorHandler(async (error, _request, reply) => reply.code(418).send({ host: (error as Error).message }))
  host.setNotFoundHandler(async (_request, reply) => reply.code(404).send({ host: "nothing" }))
  host.addContentTypeParser("text/csv", { parseAs: "string" }, (_request, body, done) => done(null, body))
  host.decorate("swagger", () => "the host's")
  host.get("/fails", async () => {
    throw new Error("as the host likes it")
  })
  host.post("/echo", { schema: { body: { type: "object", required: ["a"] } } }, async (request) => request.body)
  host.post("/csv", async (request) => ({ csv: request.body }))
  await register(host)
  await host.ready()
  return host
}

describe("in a host's own Fastify", () => {
  it("lives under a prefix, with every path and link below it", async () => {
    const { options, repositories } = services()
    const host = await aHost((instance) => void instance.register(httpAdapter, { ...options, prefix: "/assay" }))
    await repositories.create({ tenant: "default", url: "https://x.example/a", key: "a", name: "a", trusted: false })
    const queued = await host.inject({ method: "POST", url: "/assay/api/v1/repositories/1/index" })
    expect(queued.statusCode).toBe(202)
    expect(queued.headers.location).toBe(`/assay/api/v1/jobs/${queued.json().job_id}`)
    expect(queued.json().job.links.repository).toBe("/assay/api/v1/repositories/1")
    expect((await host.inject(String(queued.headers.location))).statusCode).toBe(200)
    const document = (await host.inject("/assay/openapi.json")).json()
    expect(document.paths).toHaveProperty("/assay/api/v1/repositories/{id}/index")
    expect((await host.inject("/assay/docs")).body).toContain("/assay/docs/static/swagger-ui.css")
    const problem = (await host.inject("/assay/api/v1/repositories/7")).json()
    expect((await host.inject(problem.type)).statusCode).toBe(200)
    expect((await host.inject("/assay/nothing")).json()).toMatchObject({ code: "NOT_FOUND" })
    expect((await host.inject({ method: "PUT", url: "/assay/ping" })).statusCode).toBe(405)
    expect((await host.inject("/ping")).json()).toEqual({ host: "nothing" })
    expect((await host.inject("/assay/")).json()).toMatchObject({ status: "ok" })
    const browser = await host.inject({ url: "/assay/", headers: { accept: "text/html" } })
    expect(browser.headers.location).toBe("/assay/docs")
    const asked = { method: "POST", url: "/assay/analyze", payload: { repo: "org/name" } } as const
    const analysis = (await host.inject(asked)).json()
    expect(analysis.websocket_endpoint).toBe(`/assay/ws/${analysis.job_id}`)
    expect(analysis).not.toHaveProperty("socket_io_endpoint")
    await host.close()
  })

  it("leaves the root, /health and /metrics to a host that answers them", async () => {
    const { options } = services()
    const host = await aHost(async (instance) => {
      for (const url of ["/", "/health", "/metrics"]) instance.get(url, async () => ({ host: url }))
      await instance.register(httpAdapter, options)
    })
    for (const url of ["/", "/health", "/metrics"]) expect((await host.inject(url)).json()).toEqual({ host: url })
    expect((await host.inject("/queue/stats")).json()).toMatchObject({ queue_name: "potpie-analysis" })
    await host.close()
  })

  it.each(["/assay", ""])("leaves the host's other routes as they were (prefix %j)", async (prefix) => {
    const { options } = services()
    const host = await aHost((instance) => void instance.register(httpAdapter, { ...options, prefix }))
    const fails = await host.inject({ url: "/fails", headers: { host: "evil.example" } })
    expect([fails.statusCode, fails.json()]).toEqual([418, { host: "as the host likes it" }])
    expect(fails.headers["x-request-id"]).toBeUndefined()
    expect(fails.headers["content-security-policy"]).toBeUndefined()
    expect(
      (
        await host.inject({ method: "POST", url: "/csv", headers: { "content-type": "text/csv" }, payload: "a,b" })
      ).json(),
    ).toEqual({ csv: "a,b" })
    expect((await host.inject({ method: "POST", url: "/echo", payload: { a: 1 } })).json()).toEqual({ a: 1 })
    expect((await host.inject({ method: "POST", url: "/echo", payload: {} })).statusCode).toBe(418)
    expect((await host.inject("/nothing")).json()).toEqual({ host: "nothing" })
    expect(
      (await host.inject({ url: `${prefix}/api/v1/repositories`, headers: { host: "evil.example" } })).statusCode,
    ).toBe(403)
    await host.close()
  })

  it("can be there twice, for two stores", async () => {
    const host = await aHost((instance) => {
      instance.register(httpAdapter, { ...services().options, prefix: "/one" })
      instance.register(httpAdapter, { ...services().options, prefix: "/two" })
    })
    await host.inject({ method: "POST", url: "/one/api/v1/repositories", payload: { url: "owner/repo" } })
    expect((await host.inject("/one/api/v1/repositories")).json()).toHaveLength(1)
    expect((await host.inject("/two/api/v1/repositories")).json()).toHaveLength(0)
    expect((await host.inject("/two/docs/json")).json().paths).toHaveProperty("/two/ping")
    await host.close()
  })

  it("answers errors of the host's own hooks in its own way, on its own routes", async () => {
    const host = await aHost((instance) => {
      instance.addHook("onRequest", async (request) => {
        if (request.headers["x-busy"]) throw Object.assign(new Error("Slow down."), { statusCode: 429 })
      })
      instance.register(httpAdapter, { ...services().options, prefix: "/assay" })
    })
    const ours = await host.inject({ url: "/assay/ping", headers: { "x-busy": "1" } })
    expect([ours.statusCode, ours.json().code]).toEqual([429, "TOO_MANY_REQUESTS"])
    const theirs = await host.inject({ url: "/fails", headers: { "x-busy": "1" } })
    expect(theirs.json()).toEqual({ host: "Slow down." })
    await host.close()
  })
})
