import { execFile } from "node:child_process"
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { openDatabase } from "@assay/postgres"
import type { PostgresDatabase } from "@assay/postgres"
import { Redis } from "ioredis"
import { beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { buildCommand, startAssay } from "../helpers/command.js"
import { mortalServers, whyNoServers } from "../helpers/mortal-servers.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"
import { goodText } from "./helpers/answers.js"
import { createCanary } from "./helpers/canary.js"
import type { Canary } from "./helpers/canary.js"
import { dumpDatabase } from "./helpers/dump-database.js"
import { filesBelow } from "./helpers/files-below.js"
import { followEvents } from "./helpers/follow-events.js"
import { startGitServer } from "./helpers/git-server.js"
import type { GitServer } from "./helpers/git-server.js"
import { analyze, call, potpieSettings, serve, startPotpie, statusOf } from "./helpers/service.js"
import type { Served } from "./helpers/service.js"
import { watchProcesses } from "./helpers/watch-processes.js"
import { watchRedis } from "./helpers/watch-redis.js"

beforeAll(buildCommand, 120_000)

/** One shape of the service, for the same story. */
interface Shape {
  readonly api: Served
  /** Kills whoever works, at once. */
  kill(): Promise<void>
  /** Starts it again. Resolves with whoever answers requests now. */
  restart(): Promise<Served>
  /** Every line of every process so far. */
  logs(): string
  /** What the store and the queue hold, and were told. */
  look(): Promise<readonly string[]>
}

/** Where a secret was found so far. */
class Hunt {
  readonly findings: string[] = []
  readonly canary: Canary
  constructor(canary: Canary) {
    this.canary = canary
  }
  text(place: string, text: string): void {
    this.findings.push(...this.canary.find(place, text))
  }
  files(folder: string): number {
    let count = 0
    for (const { path, bytes } of filesBelow(folder)) {
      count++
      this.findings.push(...this.canary.findBytes(path, bytes))
    }
    return count
  }
}

const paths = (id: string): string[] => [
  ...["/", "/health", "/readyz", "/metrics", "/queue/stats", `/status/${id}`, "/api/v1/analyses"],
  ...[`/api/v1/analyses/${id}`, `/api/v1/analyses/${id}/snippets`, "/api/v1/jobs", `/api/v1/jobs/${id}`],
  ...[`/api/v1/jobs/${id}/attempts`, "/api/v1/repositories", "/api/v1/dead-letters", "/api/v1/workers"],
  ...["/api/v1/queue/length", `/nowhere/${id}`],
]

/** Tells the story, and looks everywhere after each chapter of it. */
async function tell(shape: Shape, { folder, git, hunt }: { folder: string; git: GitServer; hunt: Hunt }) {
  const { secret } = hunt.canary
  let { url } = shape.api
  let followers = followEvents(url)
  const follow = (id: string): void => followers.follow(id)
  const ask = async (name: string): Promise<string> => {
    const id = await analyze(url, { repo: git.url(name), github_token: secret })
    follow(id)
    return id
  }
  const ends = async (id: string, code?: string): Promise<void> => {
    await expect
      .poll(() => statusOf(url, id), { timeout: 60_000, interval: 100 })
      .toMatchObject(code === undefined ? { status: "finished" } : { status: "failed", failure: { code } })
    for (const path of paths(id)) hunt.text(`GET ${path}`, (await call("GET", url + path)).text)
  }
  const everywhere = async (when: string): Promise<void> => {
    hunt.text(`the logs ${when}`, shape.logs())
    for (const entry of await shape.look()) hunt.text(`the servers ${when}`, entry)
    for (const event of followers.heard) hunt.text(`the events ${when}`, event)
    expect(hunt.files(folder)).toBeGreaterThan(0)
    expect(hunt.findings, when).toEqual([])
  }

  // Refused, for one reason each.
  const wrongs: (object | string)[] = [
    { repo: "no repository", github_token: secret },
    { repo: git.url("private/good"), github_token: `${secret}\n` },
    { repo: git.url("private/good").replace("://", `://user:${secret}@`) },
    { repo: git.url("private/good"), branch: "..", github_token: secret },
    { repo: git.url("private/good"), github_token: [secret] },
    `{"repo": "acme/orders", "github_token": "${secret}"`,
  ]
  for (const wrong of wrongs) {
    const { status, text } = await call("POST", `${url}/analyze`, wrong)
    expect([400, 422], text).toContain(status)
    hunt.text("a refusal", text)
  }
  await everywhere("after what was refused")

  // Held while git asks for the repository: the token is sealed in the store, and git has it.
  const held = git.hold("private/good")
  const good = await ask("private/good")
  await expect.poll(() => held.waiting, { timeout: 20_000 }).toBeGreaterThan(0)
  await everywhere("while a repository is fetched")
  held.release()
  await ends(good)
  expect(await statusOf(url, good)).toMatchObject({
    data: { snippets: [{ verification: "verbatim" }], metadata: { has_github_token: true } },
  })
  await everywhere("after success")

  await ends(await ask("private/bad-output"), "POTPIE_BAD_OUTPUT")
  await ends(await ask("denied/broken"), "POTPIE_PARSE_FAILED")
  await everywhere("after failures")

  const heldAgain = git.hold("private/crash")
  const crashed = await ask("private/crash")
  await expect.poll(() => heldAgain.waiting, { timeout: 20_000 }).toBeGreaterThan(0)
  await shape.kill()
  await everywhere("after kill -9")
  heldAgain.release()
  ;({ url } = await shape.restart())
  followers = followEvents(url)
  follow(crashed)
  await ends(crashed)
  await everywhere("after the crash")
  expect(followers.heard.filter((event) => event.includes("analysis_complete")).length).toBeGreaterThan(0)

  const used = git.authorizations.filter(({ value }) => value.includes(encoded(`x-access-token:${secret}`)))
  for (const name of ["good", "bad-output", "broken", "crash"]) {
    expect(used.filter(({ path }) => path.includes(`/${name}.git`)).length, name).toBeGreaterThan(0)
  }
}

const encoded = (text: string): string => Buffer.from(text).toString("base64")

async function setUp() {
  const canary = createCanary()
  const git = await startGitServer({ token: canary.secret })
  const potpie = await startPotpie({
    missingRepositories: ["denied/broken"],
    answers: [{ text: goodText }, { text: '{"snippets": []}' }, { text: goodText }],
  })
  const folder = temporaryFolder()
  const env = {
    ...potpieSettings(potpie),
    ASSAY_GIT_ALLOW: git.allow,
    LOG_LEVEL: "debug",
    // What anybody leaves there is looked at, too.
    TMPDIR: folder,
  }
  return { canary, git, potpie, folder, env, hunt: new Hunt(canary) }
}

const isLinux = existsSync("/proc/self/cmdline")

describe("a token that comes with a question is found nowhere", { timeout: 150_000 }, () => {
  it("in one process on the embedded database", async () => {
    const { canary, git, potpie, folder, env, hunt } = await setUp()
    const processes = isLinux ? await watchProcesses(canary) : undefined
    let running = await serve("all", { cwd: folder, env })
    const all = [running.command]
    const shape: Shape = {
      api: running,
      async kill() {
        running.command.process.kill("SIGKILL")
        await running.command.ended
      },
      async restart() {
        running = await serve("all", { cwd: folder, env })
        all.push(running.command)
        return running
      },
      logs: () => all.map(({ stdout, stderr }) => stdout + stderr).join("\n"),
      // Its files are looked at with all others.
      look: () => Promise.resolve([]),
    }
    await tell(shape, { folder, git, hunt })
    running.command.process.kill("SIGTERM")
    await running.command.ended
    hunt.files(folder)
    const database = await openDatabase(join(folder, ".assay"))
    for (const row of await dumpDatabase(database)) hunt.text("the database", row)
    await database.close()
    hunt.text("what Potpie was told", JSON.stringify(potpie.requests))
    const { findings = [], seen = [] } = (await processes?.stop()) ?? {}
    expect([...hunt.findings, ...findings]).toEqual([])
    if (processes) expect(seen.filter((command) => /^\S*git\b/.test(command)).length).toBeGreaterThan(3)
  })

  it.skipIf(whyNoServers !== "")(`in an API and workers on PostgreSQL and Redis${whyNoServers}`, async () => {
    const { canary, git, potpie, folder, env: settings, hunt } = await setUp()
    const { postgres, redis } = await mortalServers()
    const watch = await watchRedis(redis.port)
    const processes = isLinux ? await watchProcesses(canary) : undefined
    const env = {
      ...settings,
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      ASSAY_SECRET_KEY: "a key that all of them have",
    }
    const api = await serve("api", { cwd: folder, env })
    const database = await openDatabase(postgres.url)
    onTestFinished(() => database.close())
    let worker = await serve("worker", { cwd: folder, env })
    const all = [api.command, worker.command]
    await tell(
      {
        api,
        async kill() {
          worker.command.process.kill("SIGKILL")
          await worker.command.ended
        },
        async restart() {
          await endLeases(database)
          worker = await serve("worker", { cwd: folder, env })
          all.push(worker.command)
          return api
        },
        logs: () => all.map(({ stdout, stderr }) => stdout + stderr).join("\n"),
        look: async () => [...(await dumpDatabase(database)), ...(await watch.dump()), ...watch.commands],
      },
      { folder, git, hunt },
    )
    hunt.text("what Potpie was told", JSON.stringify(potpie.requests))
    const { findings = [], seen = [] } = (await processes?.stop()) ?? {}
    expect([...hunt.findings, ...findings]).toEqual([])
    if (processes) expect(seen.filter((command) => /^\S*git\b/.test(command)).length).toBeGreaterThan(3)
    expect(watch.commands.length).toBeGreaterThan(20)
    expect((await watch.dump()).length).toBeGreaterThan(2)
  })
})

describe("whoever looks for it", { timeout: 60_000 }, () => {
  it("finds it in a log line, an argument, an environment, a file and a form of its own", async () => {
    const canary = createCanary()
    const { secret } = canary
    const hunt = new Hunt(canary)
    const said = Buffer.from(`console.error(${JSON.stringify(`a line with ${secret}`)})`).toString("base64")
    const careless = startAssay(["--version"], {
      env: { NODE_OPTIONS: `--import=data:text/javascript;base64,${said}` },
    })
    hunt.text("the logs", (await careless.ended).stderr)
    expect(hunt.findings.splice(0)).toEqual([expect.stringContaining("the logs: …a line with")])

    const folder = temporaryFolder()
    writeFileSync(join(folder, "left"), Buffer.concat([Buffer.from([0, 255]), Buffer.from(secret)]))
    expect(hunt.files(folder)).toBe(1)
    expect(hunt.findings.splice(0)).toHaveLength(1)

    const basic = Buffer.from(`x-access-token:${secret}`).toString("base64")
    for (const text of [basic, Buffer.from(secret).toString("hex"), `{"token":"${secret}"}`]) hunt.text("a form", text)
    expect(hunt.findings.splice(0)).toHaveLength(3)
    hunt.text("nothing", basic.slice(0, 30))
    expect(hunt.findings).toEqual([])

    if (!isLinux) return
    const processes = await watchProcesses(canary)
    await promisify(execFile)("sleep", ["0.2"], { env: { PATH: process.env["PATH"], TOKEN: secret } })
    await promisify(execFile)("sh", ["-c", "sleep 0.2", secret])
    const { findings } = await processes.stop()
    expect(findings.filter((finding) => finding.startsWith("environ"))).not.toEqual([])
    expect(findings.filter((finding) => finding.startsWith("cmdline"))).not.toEqual([])
  })

  it.skipIf(whyNoServers !== "")(`finds it in each kind of key, a command and a table${whyNoServers}`, async () => {
    const canary = createCanary()
    const { secret } = canary
    const { postgres, redis } = await mortalServers()
    const watch = await watchRedis(redis.port)
    const client = new Redis(redis.port, "127.0.0.1")
    onTestFinished(() => client.disconnect())
    await client.set("string", secret)
    await client.set(`named ${secret}`, "")
    await client.rpush("list", secret)
    await client.sadd("set", secret)
    await client.zadd("sorted", 1, secret)
    await client.hset("hash", "field", secret)
    await client.xadd("stream", "*", "field", secret)
    // Looking at them names them, too.
    await expect.poll(() => watch.commands.flatMap((command) => canary.find("redis", command)).length).toBe(7)
    const found = (await watch.dump()).flatMap((entry) => canary.find("redis", entry))
    expect(found).toHaveLength(7)

    const database = await openDatabase(postgres.url)
    onTestFinished(() => database.close())
    await database.exec("create schema assay; create table assay.notes (note jsonb, bytes bytea)")
    await database.query("insert into assay.notes values ($1::text::jsonb, $2)", [
      JSON.stringify({ token: secret }),
      null,
    ])
    await database.query("insert into assay.notes values (null, convert_to($1, 'UTF8'))", [secret])
    const rows = await dumpDatabase(database)
    expect(rows.flatMap((row) => canary.find("database", row))).toHaveLength(2)
  })
})

/** The time of a lease, in no time. */
async function endLeases(database: PostgresDatabase): Promise<void> {
  await database.query("update assay.jobs set lease_until = now() where state = 'running'")
}
