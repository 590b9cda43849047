import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { beforeAll, describe, expect, it } from "vitest"
import { openDatabase } from "@assay/postgres"
import { buildCommand, startAssay } from "../helpers/command.js"
import type { RunningCommand } from "../helpers/command.js"
import { mortalServers, whyNoServers } from "../helpers/mortal-servers.js"
import { smallRepository } from "../helpers/repository.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"

beforeAll(buildCommand, 120_000)

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

async function ask(method: string, url: string, body?: object): Promise<Answer> {
  const response = await fetch(url, {
    method,
    ...(body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {}),
    signal: AbortSignal.timeout(15_000),
  })
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer["body"] }
}

const urlOf = async (command: RunningCommand): Promise<string> =>
  (await command.says(/listens on (http:\/\/[\d.:]+)/))[1] as string

describe.skipIf(whyNoServers !== "")(
  `processes of their own, on PostgreSQL and Redis${whyNoServers}`,
  { timeout: 120_000 },
  () => {
    /** Servers, a folder of repositories that may be fetched, and the settings that everybody shares. */
    async function setUp(repositories: number) {
      const servers = await mortalServers()
      const folder = temporaryFolder()
      const urls = Array.from({ length: repositories }, (_, index) => {
        const { folder: path } = smallRepository(join(folder, `repository-${index}`))
        return pathToFileURL(path).href
      })
      const env = {
        DATABASE_URL: servers.postgres.url,
        // As the service before was configured.
        REDIS_ADDR: `127.0.0.1:${servers.redis.port}`,
        REDIS_DB: "0",
        REDIS_QUEUE_NAME: "git_index_jobs",
        WORKER_CONCURRENCY: "5",
        ASSAY_SECRET_KEY: "a key that all of them have",
        ASSAY_GIT_ALLOW: `${pathToFileURL(folder).href}/`,
      }
      const serve = (role: string, name: string): RunningCommand =>
        startAssay(["serve", "--role", role, "--data-dir", name, ...(role === "worker" ? [] : ["--port", "0"])], {
          cwd: folder,
          env,
        })
      return { ...servers, urls, serve }
    }

    async function register(api: string, url: string): Promise<number> {
      const { status, body } = await ask("POST", `${api}/api/v1/repositories`, { url })
      expect(status).toBe(201)
      return body["id"] as number
    }

    const index = (api: string, id: number): Promise<Answer> => ask("POST", `${api}/api/v1/repositories/${id}/index`)
    const statusOf = async (api: string, id: number): Promise<unknown> =>
      (await ask("GET", `${api}/api/v1/repositories/${id}`)).body["status"]

    it("share the work among three workers, each job once, and tell the story of it", async () => {
      const { postgres, urls, serve } = await setUp(24)
      const api = await urlOf(serve("api", "api"))
      const workers = ["one", "two", "three"].map((name) => serve("worker", name))
      await Promise.all(workers.map((worker) => worker.complains(/"msg":"worker started"/)))
      const ids: number[] = []
      for (const url of urls) ids.push(await register(api, url))
      const accepted = await Promise.all(ids.map((id) => index(api, id)))
      expect(accepted.map(({ status }) => status)).toEqual(ids.map(() => 202))
      for (const id of ids) await expect.poll(() => statusOf(api, id), { timeout: 30_000 }).toBe("completed")

      const database = await openDatabase(postgres.url)
      const attempts = await database.query<{ worker: string; jobs: string }>(
        "select worker, count(*) as jobs from assay.job_attempts group by worker",
      )
      await database.close()
      expect(attempts.reduce((sum, { jobs }) => sum + Number(jobs), 0)).toBe(ids.length)
      expect(attempts.length).toBe(3)
      const log = workers.map(({ stderr }) => stderr).join("")
      for (const message of ["job processing", "indexing repository", "repository indexed", "job completed"]) {
        expect(log.split(`"msg":"${message}"`).length - 1, message).toBe(ids.length)
      }
    })

    it("go on taking work while Redis is away, and begin it when Redis is back", async () => {
      const { redis, urls, serve } = await setUp(2)
      const api = await urlOf(serve("api", "api"))
      const worker = serve("worker", "worker")
      await worker.complains(/"msg":"worker started"/)
      const ids = [await register(api, urls[0] as string), await register(api, urls[1] as string)] as const
      await index(api, ids[0])
      await expect.poll(() => statusOf(api, ids[0]), { timeout: 20_000 }).toBe("completed")
      expect(await ask("GET", `${api}/readyz`)).toMatchObject({ status: 200, body: { status: "ok" } })

      await redis.kill()
      const askedAt = performance.now()
      expect(await index(api, ids[1])).toMatchObject({ status: 202 })
      expect(performance.now() - askedAt).toBeLessThan(2000)
      await expect
        .poll(() => ask("GET", `${api}/readyz`), { timeout: 10_000 })
        .toMatchObject({ status: 200, body: { status: "degraded", checks: { redis: { status: "failed" } } } })
      await redis.start()
      await expect.poll(() => statusOf(api, ids[1]), { timeout: 5000 }).toBe("completed")
      await expect.poll(() => ask("GET", `${api}/readyz`), { timeout: 5000 }).toMatchObject({ body: { status: "ok" } })
    })

    it("may start while Redis is away", async () => {
      const { redis, urls, serve } = await setUp(1)
      await redis.kill()
      const api = await urlOf(serve("api", "api"))
      const worker = serve("worker", "worker")
      await worker.complains(/"msg":"worker started"/)
      const id = await register(api, urls[0] as string)
      expect(await index(api, id)).toMatchObject({ status: 202 })
      await redis.start()
      await expect.poll(() => statusOf(api, id), { timeout: 10_000 }).toBe("completed")
    })

    it("outlive a PostgreSQL that goes away the moment they are there", async () => {
      const { postgres, serve } = await setUp(0)
      const api = serve("api", "api")
      const url = await urlOf(api)
      await postgres.kill()
      await expect.poll(() => ask("GET", `${url}/readyz`), { timeout: 10_000 }).toMatchObject({ status: 503 })
      await postgres.start()
      await expect.poll(() => ask("GET", `${url}/readyz`), { timeout: 15_000 }).toMatchObject({ status: 200 })
      expect(api.process.exitCode).toBeNull()
    })

    it("answer 503 while PostgreSQL is away, and go on when it is back", async () => {
      const { postgres, urls, serve } = await setUp(1)
      const api = serve("api", "api")
      const worker = serve("worker", "worker")
      const url = await urlOf(api)
      await worker.complains(/"msg":"worker started"/)
      const id = await register(url, urls[0] as string)

      await postgres.kill()
      for (const [method, path] of [
        ["GET", "/api/v1/repositories"],
        ["POST", `/api/v1/repositories/${id}/index`],
        ["GET", "/readyz"],
      ] as const) {
        const { status, headers } = await ask(method, url + path).catch((cause: unknown) => {
          throw new Error(`The API does not answer, after having said:\n${api.stdout}\n${api.stderr}`, { cause })
        })
        expect(status, path).toBe(503)
        expect(Number(headers.get("retry-after")), path).toBeGreaterThan(0)
      }
      expect(await ask("GET", `${url}/livez`)).toMatchObject({ status: 200 })
      await postgres.start()
      await expect.poll(() => index(url, id), { timeout: 15_000 }).toMatchObject({ status: 202 })
      await expect.poll(() => statusOf(url, id), { timeout: 20_000 }).toBe("completed")
      expect([api.process.exitCode, worker.process.exitCode]).toEqual([null, null])
    })
  },
)
