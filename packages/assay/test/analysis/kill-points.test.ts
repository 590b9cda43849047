import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { openDatabase } from "@assay/postgres"
import { beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { buildCommand } from "../helpers/command.js"
import { mortalServers, whyNoServers } from "../helpers/mortal-servers.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"
import { goodText } from "./helpers/answers.js"
import { startGitServer } from "./helpers/git-server.js"
import { analyze, call, potpieSettings, serve, startPotpie, statusOf } from "./helpers/service.js"
import type { Served } from "./helpers/service.js"

beforeAll(buildCommand, 120_000)

interface Seen {
  /** What was paid for when the analysis had ended by itself. */
  billed: number
  status: string
  code?: string
  /** How the attempts of the job ended. */
  attempts: string[]
  /** The last message. */
  message: string
  /** What was paid for in all, where somebody had to run it again. */
  billedWhenRedriven?: number
}

/** What the table of docs/concepts/failures.md says. */
const expected: Readonly<Record<string, Seen>> = {
  "after-request": finished(["deferred", "succeeded"]),
  "after-source": finished(["lost", "deferred", "succeeded"]),
  // The next attempt finds it parsed.
  "after-parse": finished(["lost", "succeeded"]),
  "while-deferred": finished(["deferred", "succeeded"]),
  "after-intent": uncertain({ billed: 0 }),
  "after-send": uncertain({ billed: 1 }),
  "after-answer": uncertain({ billed: 1 }),
  "after-keep": finished(["deferred", "lost", "succeeded"]),
  "before-commit": finished(["deferred", "lost", "succeeded"]),
  "after-commit": finished(["deferred", "succeeded"]),
}

function finished(attempts: string[]): Seen {
  return { billed: 1, status: "finished", attempts, message: "answered" }
}

function uncertain({ billed }: { billed: number }): Seen {
  const attempts = ["deferred", "lost", "failed"]
  const ended = { status: "failed", code: "ANALYSIS_UNCERTAIN", attempts, message: "uncertain" }
  return { billed, ...ended, billedWhenRedriven: billed + 1 }
}

describe.skipIf(whyNoServers !== "")(`the processes of an analysis${whyNoServers}`, { timeout: 180_000 }, () => {
  it("may be killed at each point: nothing is stuck, and nothing is billed twice by itself", async () => {
    const { postgres, redis } = await mortalServers()
    const git = await startGitServer()
    const potpie = await startPotpie()
    const cwd = temporaryFolder()
    const armed = join(cwd, "end-at")
    const env = {
      ...potpieSettings(potpie),
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      ASSAY_SECRET_KEY: "a key that all of them have",
      ASSAY_GIT_ALLOW: git.allow,
      ASSAY_TEST_END_AT: armed,
      NODE_OPTIONS: `--import=${new URL("helpers/end-at.mjs", import.meta.url).href}`,
    }
    let [api, worker] = await Promise.all([serve("api", { cwd, env }), serve("worker", { cwd, env })])
    const database = await openDatabase(postgres.url)
    onTestFinished(() => database.close())

    /** Waits for a process to have ended itself, and starts another one of its kind. */
    async function replace({ command }: Served, role: "api" | "worker", why: string): Promise<Served> {
      await expect.poll(() => command.process.signalCode, { message: why, timeout: 20_000 }).toBe("SIGKILL")
      await database.query("update assay.jobs set lease_until = now() where state = 'running'")
      return serve(role, { cwd, env })
    }
    async function ends(id: string): Promise<{ status: string; failure?: { code: string } }> {
      let last = await statusOf(api.url, id)
      await expect
        .poll(async () => (last = await statusOf(api.url, id)).status, { timeout: 40_000, interval: 100 })
        .toMatch(/^(finished|failed)$/)
      return last
    }
    async function look(id: string, billed: number): Promise<Seen> {
      const { status, failure } = await ends(id)
      const { body } = await call("GET", `${api.url}/api/v1/jobs/${id}/attempts`)
      const [message] = await database.query<{ state: string }>(
        "select state from assay.analysis_messages where analysis_id = $1 order by number desc limit 1",
        [id],
      )
      return {
        billed: potpie.billed - billed,
        status,
        ...(failure && { code: failure.code }),
        attempts: (body["data"] as { outcome: string }[]).map(({ outcome }) => outcome),
        message: message?.state ?? "none",
      }
    }

    const seen: Record<string, Seen> = {}
    for (const point of Object.keys(expected)) {
      const billed = potpie.billed
      const question = { repo: git.url(`acme/${point}`) }
      potpie.answerNext({ text: goodText, delayMs: 150 })
      writeFileSync(armed, point)
      let id: string
      if (point === "after-request") {
        await expect(analyze(api.url, question), point).rejects.toThrow()
        api = await replace(api, "api", point)
        // Whoever was promised nothing asks again, and joins what is there.
        id = await analyze(api.url, question)
      } else {
        id = await analyze(api.url, question)
        worker = await replace(worker, "worker", point)
      }
      const ended = await look(id, billed)
      if (ended.code !== undefined) {
        potpie.answerNext({ text: goodText })
        await call("POST", `${api.url}/api/v1/jobs/${id}/retry`)
        expect(await ends(id), point).toMatchObject({ status: "finished" })
        ended.billedWhenRedriven = potpie.billed - billed
      }
      seen[point] = ended
    }
    expect(seen).toEqual(expected)
    // The parse, which is costly too, was asked for once for each.
    expect(potpie.projects.map(({ parses }) => parses)).toEqual(Object.keys(expected).map(() => 1))

    // The API is not needed for an answer to be kept.
    const billed = potpie.billed
    rmSync(armed, { force: true })
    potpie.answerNext({ text: goodText, delayMs: 1500 })
    const id = await analyze(api.url, { repo: git.url("acme/without-api") })
    await expect.poll(() => potpie.billed, { timeout: 20_000 }).toBe(billed + 1)
    api.command.process.kill("SIGKILL")
    api = await replace(api, "api", "without an API")
    expect(await look(id, billed)).toEqual(finished(["deferred", "succeeded"]))

    const [unfinished] = await database.query(
      "select count(*)::int as count from assay.jobs where state not in ('succeeded', 'failed')",
    )
    expect(unfinished).toEqual({ count: 0 })
  })
})
