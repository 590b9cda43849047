import { setTimeout as pause } from "node:timers/promises"
import { beforeAll, expect, it } from "vitest"
import { buildCommand } from "../helpers/command.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"
import { startGitServer } from "./helpers/git-server.js"
import { analyze, call, potpieSettings, serve, startPotpie, statusOf } from "./helpers/service.js"

beforeAll(buildCommand, 120_000)

const count = 200
const atOnce = 5

/** Generous for a busy machine; what waits behind analyses would wait for seconds. */
const boundMs = 2000

interface Stats {
  readonly waiting: number
  readonly active: number
  readonly completed: number
  readonly failed: number
  readonly total: number
}

it(
  "200 analyses at once leave the service responsive, and its numbers add up at every moment",
  { timeout: 120_000 },
  async () => {
    const git = await startGitServer()
    const potpie = await startPotpie({ answers: Array.from({ length: count }, () => ({ text: "Yes.", delayMs: 200 })) })
    const names = Array.from({ length: count }, (_, index) => `missing/repository-${index}`)
    // Most of them Potpie has parsed before. The others are put off, and keep their places meanwhile.
    for (const name of names.filter((_, index) => index % 20 !== 0)) await parse(potpie, name)
    // A server that has too much to do says when to come back.
    for (let times = 0; times < 5; times++) potpie.failNext({ path: /\/message\//, status: 429, retryAfter: 1 })
    const { url } = await serve("all", {
      cwd: temporaryFolder(),
      env: { ...potpieSettings(potpie), ASSAY_GIT_ALLOW: git.allow, MAX_CONCURRENT_JOBS: String(atOnce) },
    })

    const samples: Stats[] = []
    const slowest = { "/livez": 0, "/queue/stats": 0 }
    const ended = new AbortController()
    const sampling = sample()
    async function sample(): Promise<void> {
      while (!ended.signal.aborted) {
        samples.push((await timed("/queue/stats"))["stats"] as Stats)
        await timed("/livez")
        await pause(20)
      }
    }
    async function timed(path: keyof typeof slowest): Promise<Record<string, unknown>> {
      const startedAt = performance.now()
      const { status, body } = await call("GET", url + path)
      expect(status).toBe(200)
      slowest[path] = Math.max(slowest[path], performance.now() - startedAt)
      return body
    }

    const question = "Is it good?"
    const ids = await Promise.all(names.map((name) => analyze(url, { repo: git.url(name), question })))
    expect(new Set(ids).size).toBe(count)

    // Positions only ever fall.
    const last = ids.at(-1) as string
    const positions: (number | null)[] = []
    const following = (async () => {
      for (;;) {
        const status = (await statusOf(url, last)) as unknown as { status: string; queue_position: number | null }
        positions.push(status.queue_position)
        if (status.status === "finished") return
        await pause(100)
      }
    })()

    // Work on git goes on beside them.
    const { body: repository } = await call("POST", `${url}/api/v1/repositories`, { url: git.url("acme/indexed") })
    const askedAt = performance.now()
    expect(await call("POST", `${url}/api/v1/repositories/${String(repository["id"])}/index`)).toMatchObject({
      status: 202,
    })
    await expect
      .poll(() => call("GET", `${url}/api/v1/repositories/${String(repository["id"])}`), {
        timeout: 15_000,
        interval: 50,
      })
      .toMatchObject({ body: { status: "completed" } })
    const indexedMs = performance.now() - askedAt
    const { stats: meanwhile } = (await call("GET", `${url}/queue/stats`)).body as unknown as { stats: Stats }
    expect(meanwhile.waiting, "analyses still wait when it is done").toBeGreaterThan(0)

    await expect
      .poll(() => samples.at(-1), { timeout: 90_000, interval: 200 })
      .toEqual({ waiting: 0, active: 0, completed: count, failed: 0, total: count })
    ended.abort()
    await Promise.all([sampling, following])

    expect(potpie.billed).toBe(count)
    expect(samples.length).toBeGreaterThan(100)
    for (const [index, sampled] of samples.entries()) {
      const { waiting, active, completed, failed, total } = sampled
      expect(waiting + active + completed + failed, JSON.stringify(sampled)).toBe(total)
      expect(active).toBeLessThanOrEqual(atOnce)
      expect(total).toBeGreaterThanOrEqual(samples[index - 1]?.total ?? 0)
      expect(completed).toBeGreaterThanOrEqual(samples[index - 1]?.completed ?? 0)
      expect(failed).toBe(0)
    }
    expect(Math.max(...samples.map(({ active }) => active)), "all places are used").toBe(atOnce)
    expect(slowest["/livez"]).toBeLessThan(boundMs)
    expect(slowest["/queue/stats"]).toBeLessThan(boundMs)
    expect(indexedMs).toBeLessThan(10_000)

    const told = positions.filter((position) => position !== null)
    expect(told.length).toBeGreaterThan(10)
    expect(told[0]).toBeGreaterThan(100)
    expect(told).toEqual([...told].sort((one, other) => other - one))
    expect(positions.at(-1)).toBeNull()
  },
)

async function parse({ url, apiKey }: { url: string; apiKey: string }, name: string): Promise<void> {
  const response = await fetch(`${url}/api/v2/parse`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": apiKey },
    body: JSON.stringify({ repo_name: name, branch_name: "main" }),
  })
  await response.arrayBuffer()
  expect(response.status).toBe(200)
}
