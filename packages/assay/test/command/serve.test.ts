import { execFile } from "node:child_process"
import { existsSync, readdirSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { promisify } from "node:util"
import { openDatabase } from "@assay/postgres"
import { beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { buildCommand, runAssay, startAssay } from "../helpers/command.js"
import type { RunningCommand } from "../helpers/command.js"
import { createRepository, largeRepository, smallRepository } from "../helpers/repository.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"

beforeAll(buildCommand, 16000)

const serving = (args: readonly string[], options: Parameters<typeof startAssay>[1] = {}) =>
  startAssay(["serve", "--port", "0", ...args], options)

async function urlOf(command: RunningCommand): Promise<string> {
  return (await command.says(/listens on (http:\/\/\S+)/))[1]!
}

async function get(url: string): Promise<unknown> {
  return (await fetch(url)).json()
}

/** Whatever lies in the folder of mirrors beside the mirrors themselves. */
function leftovers(dataFolder: string): string[] {
  return ["quarantine", "trash"].flatMap((name) => readdirSync(join(dataFolder, "mirrors", name)))
}

describe("assay serve", { timeout: 120_000 }, () => {
  it("indexes what it is given, shows it, serves it, and stops when asked to", async () => {
    const folder = temporaryFolder()
    smallRepository(join(folder, "lamp"))
    const command = serving(["lamp"], { cwd: folder })
    const url = await urlOf(command)
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    await command.says(/5 commits · 3 people/)
    await command.says(new RegExp(`${url}/api/v1/repositories/1/stats/churn`))
    expect(await get(`${url}/api/v1/repositories/1`)).toMatchObject({
      status: "completed",
      name: "lamp",
      snapshot: { totals: { commits: 5, contributors: 3, files: 4 } },
    })
    expect(await get(`${url}/api/v1/repositories/1/stats/contributors`)).toMatchObject({ contributors: [{}, {}, {}] })
    expect((await fetch(`${url}/docs`)).status).toBe(200)
    command.process.kill("SIGTERM")
    expect(await command.ended).toMatchObject({ code: 0, signal: null })
    expect(readdirSync(folder).sort()).toEqual([".assay", "lamp"])
  })

  it("logs JSON where no terminal listens, one object per line, and warns of settings that do not exist", async () => {
    const command = serving(["--data-dir", join(temporaryFolder(), "data")], { env: { ASSAY_API_KEY: "canary" } })
    await urlOf(command)
    command.process.kill("SIGTERM")
    const { stderr } = await command.ended
    const lines = stderr
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines.map(({ msg }) => msg)).toEqual(expect.arrayContaining(["service started", "service stopped"]))
    expect(lines[0]).toMatchObject({
      level: "warn",
      time: expect.any(String),
      msg: expect.stringMatching(/^ASSAY_API_KEY .*did you mean ASSAY_API_KEYS\?/),
    })
    expect(stderr).not.toContain("canary")
  })

  it("knows at its next start what it found, reads nothing again, and brings up to date what it is given again", async () => {
    const folder = temporaryFolder()
    const repository = smallRepository(join(folder, "lamp"))
    const first = serving(["lamp"], { cwd: folder })
    await first.says(/5 commits/)
    first.process.kill("SIGINT")
    expect(await first.ended).toMatchObject({ code: 0 })

    const second = serving([], { cwd: folder })
    const url = await urlOf(second)
    await second.says(/lamp · main .* 5 commits · 3 people/)
    expect(await get(`${url}/api/v1/jobs`)).toMatchObject({ data: [{ type: "repository.index", state: "succeeded" }] })
    second.process.kill("SIGTERM")
    await second.ended

    repository.commit({ "new.txt": "new\n" })
    const third = serving(["./lamp"], { cwd: folder })
    await third.says(/6 commits/)
    expect(await get(`${await urlOf(third)}/api/v1/repositories`)).toHaveLength(1)
  })

  it("goes on serving when a repository cannot be read, and says which", async () => {
    const folder = temporaryFolder()
    smallRepository(join(folder, "lamp"))
    const command = serving(["./missing", "lamp"], { cwd: folder })
    const url = await urlOf(command)
    await command.says(/✘ missing: /)
    await command.says(/lamp · main/)
    expect(await get(`${url}/ping`)).toEqual({ message: "pong" })
  })

  it("refuses a data folder that another process has open, and says which", async () => {
    const folder = temporaryFolder()
    const first = serving([], { cwd: folder })
    await urlOf(first)
    const second = await runAssay(["serve", "--port", "0"], { cwd: folder })
    expect(second.code).toBe(69)
    expect(second.stderr).toMatch(new RegExp(`in use by process ${first.process.pid}`))
    expect(second.stderr).toMatch(/STORE_LOCKED/)
    expect(second.stdout).toBe("")
  })

  it("refuses a data folder that has a file in its way", async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, "file"), "")
    const { code, stdout, stderr } = await runAssay(["serve", "--data-dir", "file/data"], { cwd: folder })
    expect({ code, stdout }).toEqual({ code: 69, stdout: "" })
    expect(stderr).toMatch(/file\/data cannot be used: there is a file of that name \(.*\/file\)\./)
    expect(stderr).toMatch(/Choose another one: --data-dir.*\n.*DATA_FOLDER_UNUSABLE/)
  })

  const whyNoProc = existsSync("/proc/self") ? "" : " (skipped: this machine has no /proc)"
  it.skipIf(whyNoProc !== "").each(["/proc/x", "/proc/self"])(
    `refuses a data folder where nothing can be made: %s${whyNoProc}`,
    async (dataFolder) => {
      const { code, stdout, stderr } = await runAssay(["serve", "--data-dir", dataFolder])
      expect({ code, stdout }).toEqual({ code: 69, stdout: "" })
      expect(stderr).toMatch(new RegExp(`The folder ${dataFolder} cannot be used: .*\n.*--data-dir`))
      expect(stderr).toMatch(/DATA_FOLDER_UNUSABLE/)
    },
  )

  it("says that a port is taken, and what to do", async () => {
    const other = createServer().listen(0, "127.0.0.1")
    onTestFinished(() => void other.close())
    await new Promise((resolve) => other.once("listening", resolve))
    const { port } = other.address() as AddressInfo
    const { code, stderr } = await runAssay(["serve", "--port", String(port)])
    expect(code).toBe(69)
    expect(stderr).toMatch(new RegExp(`Port ${port} on 127\\.0\\.0\\.1 is taken.*\\n.*--port ${port + 1}`))
  })

  it("refuses to let everybody in by accident", async () => {
    const { code, stderr } = await runAssay(["serve", "--host", "0.0.0.0", "--port", "0"])
    expect(code).toBe(2)
    expect(stderr).toMatch(/without API keys would let anybody in.*\n.*ASSAY_API_KEYS/)
  })

  it("asks for a key when it has some", async () => {
    const command = serving(["--host", "0.0.0.0"], { env: { ASSAY_API_KEYS: "first-key,second-key" } })
    const url = await urlOf(command)
    expect((await fetch(`${url}/api/v1/repositories`)).status).toBe(401)
    expect((await fetch(`${url}/api/v1/repositories`, { headers: { "x-api-key": "second-key" } })).status).toBe(200)
  })

  it("refuses a role of its own on a database for one process", async () => {
    const { code, stderr } = await runAssay(["serve", "--role", "worker"])
    expect(code).toBe(2)
    expect(stderr).toMatch(/needs a PostgreSQL server.*\n.*DATABASE_URL/)
  })

  it("ends at once at the second signal", async () => {
    const folder = temporaryFolder()
    largeRepository(join(folder, "large"), 6000)
    const command = serving(["large"], { cwd: folder })
    await command.complains(/reading history/)
    const again = setInterval(() => command.process.kill("SIGTERM"), 100)
    onTestFinished(() => clearInterval(again))
    expect(await command.ended).toMatchObject({ code: 143 })
    expect(command.stderr).toMatch(/service stopping/)
  })

  it.each(["SIGINT", "SIGTERM"] as const)(
    "takes a %s that npm passes on once more for the same one",
    async (signal) => {
      const folder = temporaryFolder()
      largeRepository(join(folder, "large"), 1000)
      const command = serving(["large"], { cwd: folder })
      await command.complains(/job processing/)
      command.process.kill(signal)
      await setTimeout(20) // Two of a kind at the very same moment would be one to the kernel.
      command.process.kill(signal)
      expect(await command.ended).toMatchObject({ code: 0, stderr: expect.stringContaining("service stopped") })
    },
  )
})

describe("a service that is killed", { timeout: 120_000 }, () => {
  it.each(["fetching", "reading files"])(
    "while %s completes at its next start, and leaves nothing behind",
    async (stage) => {
      const folder = temporaryFolder()
      const repository = largeRepository(join(folder, "large"), 3000)
      const first = serving(["large"], { cwd: folder })
      await first.complains(new RegExp(`"stage":"${stage}"`))
      first.process.kill("SIGKILL")
      await first.ended

      const second = serving([], { cwd: folder })
      const url = await urlOf(second)
      await second.says(/large · main .* 3,000 commits · 17 people/)
      expect(await get(`${url}/api/v1/repositories/1`)).toMatchObject({
        status: "completed",
        snapshot: { commit: repository.git("rev-parse", "main"), number: 1 },
      })
      expect(leftovers(join(folder, ".assay"))).toEqual([])
    },
  )
})

const server = process.env["ASSAY_TEST_DATABASE_URL"]

describe.skipIf(server === undefined)("a service on a PostgreSQL server", { timeout: 120_000 }, () => {
  it("is an API and a worker in processes of their own, which may come and go", async () => {
    const name = `assay_serve_${process.pid}`
    const admin = await openDatabase(server!)
    await admin.exec(`create database ${name}`)
    onTestFinished(async () => {
      await admin.exec(`drop database if exists ${name} with (force)`)
      await admin.close()
    })
    const folder = temporaryFolder()
    const { folder: path } = largeRepository(join(folder, "large"), 3000)
    const databaseUrl = Object.assign(new URL(server!), { pathname: `/${name}` }).href
    const env = { DATABASE_URL: databaseUrl, ASSAY_SECRET_KEY: "a key that both of them have" }
    const serve = (role: string, ...args: string[]) =>
      serving(["--role", role, "--data-dir", role, ...args], { cwd: folder, env })

    const api = serve("api", path)
    const url = await urlOf(api)
    await api.says(/A worker will read large/)
    const first = serve("worker")
    await first.says(/works on jobs/)
    await first.complains(/"msg":"job processing"/)
    first.process.kill("SIGTERM")
    expect(await first.ended).toMatchObject({ code: 0 })

    const second = serve("worker")
    // The first one may have ended it while it was stopping.
    await expect
      .poll(() => get(`${url}/api/v1/repositories/1`), { timeout: 60_000 })
      .toMatchObject({ status: "completed", snapshot: { totals: { commits: 3000 } } })
    expect(api.stdout + api.stderr + first.stderr + second.stderr).not.toContain(env.ASSAY_SECRET_KEY)
  })
})

describe("the first start", { timeout: 120_000 }, () => {
  const first = (checkout: string, cwd: string, ...args: string[]) =>
    serving(["--first-run-sample", checkout, ...args], { cwd })

  it("indexes the checkout it comes from, once", async () => {
    const folder = temporaryFolder()
    const checkout = smallRepository(join(folder, "checkout"))
    const command = first(checkout.folder, folder)
    await command.says(/nothing here yet, so this checkout is indexed/)
    await command.says(/checkout · main .* 5 commits/)
    command.process.kill("SIGTERM")
    await command.ended

    checkout.commit({ "new.txt": "new\n" })
    const again = first(checkout.folder, folder)
    await again.says(/checkout · main .* 5 commits/)
    expect(await get(`${await urlOf(again)}/api/v1/repositories`)).toHaveLength(1)
  })

  it("does not where a repository was given", async () => {
    const folder = temporaryFolder()
    smallRepository(join(folder, "lamp"))
    const command = first(createRepository(join(folder, "checkout")).folder, folder, "lamp")
    await command.says(/lamp · main/)
    expect(await get(`${await urlOf(command)}/api/v1/repositories`)).toHaveLength(1)
  })

  it.each([
    ["a shallow clone", shallowClone, /is a shallow clone/],
    ["a checkout without commits", () => createRepository(join(temporaryFolder(), "empty")).folder, /no commits/],
  ])("makes a sample of its own where it finds %s", async (_name, makeCheckout, reason) => {
    const command = first(makeCheckout(), temporaryFolder())
    await command.says(reason)
    await command.says(/sample repository is made/)
    await command.says(/sample · main @ [0-9a-f]{7} · 15 commits · 3 people \(1 bot hidden\)/)
  })

  function shallowClone(): string {
    const folder = temporaryFolder()
    const repository = smallRepository(join(folder, "whole"))
    repository.git("clone", "--quiet", "--depth=1", `file://${repository.folder}`, join(folder, "shallow"))
    return join(folder, "shallow")
  }
})

describe("the curl lines of the service that this one replaces", { timeout: 120_000 }, () => {
  it("work as they are documented, with a repository of one's own", async () => {
    const folder = temporaryFolder()
    const repository = smallRepository(join(folder, "repos/linux.git"))
    repository.git("branch", "--move", "master")
    const command = serving([], { cwd: folder, env: { ASSAY_GIT_ALLOW: `file://${folder}/repos/` } })
    const { port } = new URL(await urlOf(command))
    const run = async (line: string) => {
      const here = line
        .replaceAll("localhost:8080", `localhost:${port}`)
        .replaceAll("https://github.com/torvalds/linux.git", `file://${repository.folder}`)
      const { stdout } = await promisify(execFile)("sh", [
        "-c",
        here.replace("curl ", "curl -sS -w '\\n%{http_code}' "),
      ])
      const [body = "", status] = stdout.split(/\n(?=\d+$)/)
      return { status: Number(status), body: JSON.parse(body) }
    }

    const created = await run(`curl -X POST http://localhost:8080/api/v1/repositories \\
  -H "Content-Type: application/json" \\
  -d '{"url": "https://github.com/torvalds/linux.git", "default_branch": "master"}'`)
    expect(created).toMatchObject({ status: 201, body: { id: 1, status: "pending", default_branch: "master" } })

    const triggered = await run("curl -X POST http://localhost:8080/api/v1/repositories/1/index")
    expect(triggered).toMatchObject({
      status: 202,
      body: { message: "index job queued successfully", repository_id: 1, job_id: expect.stringMatching(/^job_/) },
    })

    const length = await run("curl http://localhost:8080/api/v1/queue/length")
    expect(length).toMatchObject({ status: 200, body: { queue_length: expect.any(Number) } })

    await expect
      .poll(async () => (await run("curl http://localhost:8080/api/v1/repositories/1")).body.status, {
        timeout: 20_000,
      })
      .toBe("completed")
    const updated = await run("curl -X POST http://localhost:8080/api/v1/repositories/1/update")
    expect(updated).toMatchObject({ status: 202, body: { repository_id: 1 } })
  })
})
