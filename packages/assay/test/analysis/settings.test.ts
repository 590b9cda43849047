import { beforeAll, describe, expect, it } from "vitest"
import { buildCommand } from "../helpers/command.js"
import { mortalServers, whyNoServers } from "../helpers/mortal-servers.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"
import { startGitServer } from "./helpers/git-server.js"
import { analyze, call, potpieSettings, serve, startPotpie, statusOf } from "./helpers/service.js"
import { watchRedis } from "./helpers/watch-redis.js"

beforeAll(buildCommand, 120_000)

const question = "Is it good?"

describe("the settings of the two older services", { timeout: 90_000 }, () => {
  it.skipIf(whyNoServers !== "")(`say how questions are answered${whyNoServers}`, async () => {
    const git = await startGitServer()
    const potpie = await startPotpie()
    const { redis } = await mortalServers()
    const { port } = redis
    const watch = await watchRedis(port)
    const { url } = await serve("all", {
      cwd: temporaryFolder(),
      env: {
        ...potpieSettings(potpie),
        ASSAY_GIT_ALLOW: git.allow,
        // As the document of the older service has them.
        ...{ REDIS_HOST: "127.0.0.1", REDIS_PORT: String(port), REDIS_DB: "1", REDIS_USERNAME: "default" },
        ...{ REDIS_TLS_ENABLED: "false", MAX_CONCURRENT_JOBS: "2", MAX_RETRIES: "2", QUEUE_NAME: "our-questions" },
        ...{ REDIS_QUEUE_NAME: "our-work", CUSTOM_AGENT_ID: "debugging_agent", REQUEST_TIMEOUT: "1000" },
      },
    })
    expect((await call("GET", `${url}/queue/stats`)).body).toMatchObject({
      ...{ queue_name: "our-questions", max_concurrency: 2, max_retries: 2, worker_status: "running" },
      stats: { waiting: 0, active: 0, completed: 0, failed: 0, total: 0 },
    })

    const id = await analyze(url, { repo: git.url("acme/good"), question })
    await expect
      .poll(() => statusOf(url, id), { timeout: 20_000 })
      .toMatchObject({ status: "finished", max_attempts: 2 })
    const message = potpie.requests.find(({ path }) => path.endsWith("/message/"))
    expect(message?.body).toMatchObject({ agent_id: "debugging_agent" })
    expect(JSON.stringify(message?.body)).toContain(question)
    expect([...potpie.keys]).toEqual([potpie.apiKey])
    const keys = await watch.dump()
    expect(keys.some((key) => key.includes("our-questions"))).toBe(true)

    // An answer that takes longer than that is lost, and its message is not sent again.
    potpie.answerNext({ text: "Too late.", delayMs: 6000 })
    const late = await analyze(url, { repo: git.url("acme/late"), question })
    await expect
      .poll(() => statusOf(url, late), { timeout: 20_000 })
      .toMatchObject({ status: "failed", failure: { code: "POTPIE_TIMEOUT" } })
    expect(potpie.billed).toBe(2)

    // What may pass is tried so many times.
    potpie.failNext({ path: "/api/v2/parse", status: 503, times: 100 })
    const hopeless = await analyze(url, { repo: git.url("acme/hopeless"), question })
    await expect
      .poll(() => statusOf(url, hopeless), { timeout: 40_000 })
      .toMatchObject({ status: "failed", attempts: 2, max_attempts: 2 })
    expect(potpie.billed).toBe(2)
  })

  it("without a key no questions are taken, and no job is made", async () => {
    const { url } = await serve("all", { cwd: temporaryFolder() })
    expect(await call("POST", `${url}/analyze`, { repo: "acme/orders" })).toMatchObject({
      status: 503,
      body: { error: expect.anything() as unknown },
    })
    const { text } = await call("POST", `${url}/analyze`, { repo: "acme/orders" })
    expect(text).toContain("POTPIE_NOT_CONFIGURED")
    expect((await call("GET", `${url}/api/v1/jobs`)).body).toMatchObject({ data: [] })
    expect((await call("GET", `${url}/api/v1/repositories`)).body).toEqual([])
    expect((await call("GET", `${url}/queue/stats`)).body).toMatchObject({ stats: { total: 0 }, max_concurrency: 5 })
  })
})
