import { execFileSync, spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { openDatabase } from "@assay/postgres"
import { createFakePotpie } from "@assay/potpie-client/testing"
import { io } from "socket.io-client"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { buildPackages } from "./helpers/build-packages.js"

const script = join(import.meta.dirname, "../src/service.js")
const folder = mkdtempSync(join(tmpdir(), "assay-service-"))
const remote = join(folder, "repos", "hello")
const secretKey = randomBytes(32).toString("base64")
const potpie = await createFakePotpie({ statuses: ["ready"] })

beforeAll(async () => {
  mkdirSync(remote, { recursive: true })
  const git = (...args: string[]): void => {
    const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    execFileSync("git", ["-C", remote, ...identity, ...args], { stdio: "pipe" })
  }
  git("init", "--quiet", "--initial-branch=main")
  git("commit", "--quiet", "--allow-empty", "--message=one")
  await buildPackages()
}, 120_000)

afterAll(async () => {
  await potpie.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Servers {
  readonly databaseUrl: string
  readonly redisUrl?: string | undefined
}

interface Service {
  readonly process: ChildProcess
  readonly url: string | undefined
}

/** Starts one process of the service and waits until it says that it is ready. */
async function start(role: string, servers: Servers, name: string): Promise<Service> {
  const child = spawn(process.execPath, [script, "--role", role], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      DATABASE_URL: servers.databaseUrl,
      GIT_STORAGE_PATH: join(folder, `mirrors-${name}`),
      ASSAY_SECRET_KEY: secretKey,
      ASSAY_GIT_ALLOW: `file://${folder}/repos/`,
      POTPIE_API_KEY: potpie.apiKey,
      POTPIE_BASE_URL: potpie.url,
      PORT: "0",
      ...(servers.redisUrl
        ? {
            REDIS_URL: servers.redisUrl,
            REDIS_QUEUE_NAME: `test-${process.pid}`,
            QUEUE_NAME: `test-${process.pid}-analyses`,
          }
        : {}),
    },
    stdio: ["ignore", "pipe", "inherit"],
  })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill("SIGKILL")
    await once(child, "exit")
  })
  let url: string | undefined
  for await (const line of createInterface({ input: child.stdout })) {
    const entry = JSON.parse(line) as { msg: string; url?: string }
    url ??= entry.url
    if (entry.msg === "ready") {
      child.stdout.resume()
      return { process: child, url }
    }
  }
  throw new Error(`The ${role} ended with ${child.exitCode} before it was ready.`)
}

async function stop({ process: child }: Service): Promise<unknown> {
  child.kill("SIGTERM")
  if (child.exitCode === null) await once(child, "exit")
  return child.exitCode
}

async function indexes(url: string): Promise<void> {
  const created = await fetch(`${url}/api/v1/repositories`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ url: `file://${remote}` }),
  })
  expect(created.status).toBe(201)
  expect((await fetch(`${url}/api/v1/repositories/1/index`, { method: "POST" })).status).toBe(202)
  await expect
    .poll(async () => (await fetch(`${url}/api/v1/repositories/1`)).json(), { timeout: 30_000 })
    .toMatchObject({ status: "completed", snapshot: { totals: { commits: 1 } } })
}

/** The events of a job that was asked for at one API, as a client of another one hears them. */
async function follows(askedAt: string, heardAt: string): Promise<void> {
  const asked = await fetch(`${askedAt}/api/v1/repositories/1/index`, { method: "POST" })
  const id = /job_[0-9A-Z]+/.exec(await asked.text())?.[0]
  const socket = io(heardAt)
  onTestFinished(() => void socket.disconnect())
  const heard: { seq: number; type: string }[] = []
  socket.on("event", (event: { seq: number; type: string }) => {
    if (event.type !== "job.progress") heard.push(event)
  })
  socket.emit("join_project", id, { after: 0 })
  await expect.poll(() => heard.at(-1)?.type, { timeout: 30_000 }).toBe("job.succeeded")
  expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_event, index) => index + 1))
}

/** What is asked at one API, as a client of another one hears of it. */
async function answers(askedAt: string, heardAt: string): Promise<void> {
  potpie.answerNext({ text: "In the file that is called hello." })
  const asked = await fetch(`${askedAt}/analyze`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    // Nothing answers at the other end: the branch is asked about by its name.
    body: JSON.stringify({ repo: "https://127.0.0.1/acme/hello", question: "Where is the greeting?" }),
  })
  const { project_id: id } = (await asked.json()) as { project_id: string }
  expect(asked.status).toBe(200)
  const socket = io(heardAt)
  onTestFinished(() => void socket.disconnect())
  const complete = new Promise((resolve) => socket.on("analysis_complete", resolve))
  socket.emit("join_project", id)
  expect(await complete).toMatchObject({
    ...{ project_id: id, status: "finished" },
    data: { repo: "acme/hello", analysis_response: "In the file that is called hello." },
  })
  expect(await (await fetch(`${heardAt}/status/${id}`)).json()).toMatchObject({ status: "finished", progress: 100 })
  expect(await (await fetch(`${heardAt}/queue/stats`)).json()).toMatchObject({
    ...{ stats: { completed: 1, total: 1 }, worker_status: "running" },
  })
}

describe("the service", { timeout: 120_000 }, () => {
  it("does everything in one process on the embedded database", async () => {
    const service = await start("all", { databaseUrl: join(folder, "data") }, "all")
    await indexes(service.url!)
    await answers(service.url!, service.url!)
    expect(await stop(service)).toBe(0)
  })

  const server = process.env["ASSAY_TEST_DATABASE_URL"]
  const redis = process.env["ASSAY_TEST_REDIS_URL"]
  it.skipIf(server === undefined || redis === undefined).each([
    ["a PostgreSQL server", undefined],
    ["a PostgreSQL server and Redis", redis],
  ])("is two APIs and two workers on %s", async (_, redisUrl) => {
    const name = `assay_service_${randomBytes(4).toString("hex")}`
    const admin = await openDatabase(server!)
    await admin.exec(`create database ${name}`)
    onTestFinished(async () => {
      await admin.exec(`drop database if exists ${name} with (force)`)
      await admin.close()
    })
    const databaseUrl = Object.assign(new URL(server!), { pathname: `/${name}` }).href
    const services = await Promise.all(
      ["api", "worker", "worker", "api"].map((role, index) => start(role, { databaseUrl, redisUrl }, `${index}`)),
    )
    expect(services.map(({ url }) => url === undefined)).toEqual([false, true, true, false])
    await indexes(services[0]!.url!)
    await follows(services[0]!.url!, services[3]!.url!)
    await answers(services[0]!.url!, services[3]!.url!)
    expect(await Promise.all(services.map(stop))).toEqual([0, 0, 0, 0])
  })
})
