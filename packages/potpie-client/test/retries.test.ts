import { describe, expect, it } from "vitest"
import type { PotpieError } from "../src/index.js"
import { harmful, harmless, repository } from "./helpers/calls.js"
import { failure, startPair } from "./helpers/start-pair.js"

describe("retries", () => {
  const troubles = [{ status: 502 }, { status: 503 }, { status: 504 }, { status: 500 }, { reset: true }]

  it.each(harmless)("make %s again", async (_, call) => {
    await using pair = await startPair()
    for (const fault of troubles) {
      const before = pair.fake.requests.length
      pair.fake.failNext(fault)
      await call(pair.potpie).catch((error: PotpieError) => expect(error.code).toBe("POTPIE_NOT_FOUND"))
      expect(pair.fake.requests.length - before).toBeGreaterThan(1)
    }
  })

  it.each(harmful)("do not make %s again", async (_, call) => {
    await using pair = await startPair()
    for (const fault of troubles) {
      const before = pair.fake.requests.length
      pair.fake.failNext(fault)
      const error = await failure(call(pair.potpie))
      expect(error).toMatchObject({ retryable: false })
      expect(error.hint).toMatch(/bills again|agents\(\)/)
      expect(pair.fake.requests.length - before).toBe(1)
    }
  })

  it.each([...harmless, ...harmful])("make %s again after a 429, which ran nothing", async (_, call) => {
    await using pair = await startPair()
    pair.fake.failNext({ status: 429, times: 99 })
    const error = await failure(call(pair.potpie))
    expect(error).toMatchObject({ code: "POTPIE_RATE_LIMITED", status: 429, retryable: true })
    expect(pair.fake.requests).toHaveLength(4)
  })

  it("honour Retry-After, and give up where it asks for too much", async () => {
    await using pair = await startPair()
    pair.fake.failNext({ status: 429, retryAfter: 1 })
    const started = performance.now()
    await pair.potpie.projects()
    expect(performance.now() - started).toBeGreaterThan(950)
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString()
    for (const retryAfter of [3600, inAnHour]) {
      pair.fake.failNext({ status: 503, retryAfter })
      const before = pair.fake.requests.length
      const { retryAfterMs = 0 } = await failure(pair.potpie.projects())
      expect(Math.abs(retryAfterMs - 3_600_000)).toBeLessThan(5000)
      expect(pair.fake.requests.length - before).toBe(1)
    }
  })

  it("look for the project before they parse again after a lost answer", async () => {
    await using pair = await startPair()
    pair.fake.failNext({ loseAnswer: true })
    const project = await pair.potpie.parse(repository)
    expect(pair.fake.projects).toMatchObject([{ id: project.projectId, parses: 1 }])
    expect(pair.fake.requests.map(({ path }) => path)).toEqual(["/api/v2/parse", "/api/v2/parsing-status"])
    // What did not arrive is not found, and is sent again.
    pair.fake.failNext({ reset: true })
    await pair.potpie.parse({ repoName: "acme/other", branchName: "main" })
    expect(pair.fake.projects).toHaveLength(2)
  })

  it("try a 401 once more, later, if the key has worked before", async () => {
    await using pair = await startPair()
    await pair.potpie.projects()
    pair.fake.failNext({ status: 401 })
    await pair.potpie.projects()
    expect(pair.fake.requests).toHaveLength(3)
    pair.fake.failNext({ status: 401, times: 9 })
    expect(await failure(pair.potpie.projects())).toMatchObject({ code: "POTPIE_AUTH" })
    expect(pair.fake.requests).toHaveLength(5)
  })

  it("say when nothing listens there, and may be tried again", async () => {
    const pair = await startPair({}, { retry: { retries: 1 } })
    await pair.fake.close()
    const error = await failure(pair.potpie.ask({ projectId: "p", content: "x" }))
    expect(error).toMatchObject({ code: "POTPIE_NETWORK", retryable: true, cause: { code: "ECONNREFUSED" } })
  })
})
