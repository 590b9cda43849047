import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseTrustedPrefixes } from "@assay/git"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { createApp } from "../src/create-app.js"

const folder = mkdtempSync(join(tmpdir(), "assay-embed-"))
const remote = join(folder, "repos", "hello")
let app: Awaited<ReturnType<typeof createApp>>

beforeAll(async () => {
  mkdirSync(remote, { recursive: true })
  const git = (...args: string[]): void => {
    const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    execFileSync("git", ["-C", remote, ...identity, ...args], { stdio: "pipe" })
  }
  git("init", "--quiet", "--initial-branch=main")
  git("commit", "--quiet", "--allow-empty", "--message=one")
  git("commit", "--quiet", "--allow-empty", "--message=two")
  app = await createApp({
    dataFolder: join(folder, "data"),
    databaseUrl: "memory:",
    git: { allow: parseTrustedPrefixes(`file://${folder}/repos/`) },
  })
})

afterAll(async () => {
  await app?.close()
  rmSync(folder, { recursive: true, force: true })
})

const post = (name: string) =>
  app.inject({ method: "POST", url: "/projects", payload: { name, repository: `file://${remote}` } })
const get = async (url: string) => (await app.inject({ url, headers: { host: "localhost" } })).json()

describe("a host with Assay inside", () => {
  it("makes neither a row of its own nor a job when its transaction fails", async () => {
    expect((await post("")).statusCode).toBe(500)
    expect(await get("/projects")).toEqual([])
    expect((await get("/git/api/v1/jobs")).data).toEqual([])
  })

  it("makes both when it commits, and joins its table with what was found", async () => {
    const project = await post("hello")
    expect(project.statusCode).toBe(201)
    expect(project.json()).toMatchObject({ id: expect.any(Number), name: "hello", repository_id: 1 })
    await expect
      .poll(() => get("/projects"), { timeout: 20_000 })
      .toEqual([{ id: expect.any(Number), name: "hello", commits: 2, contributors: 1 }])
  })

  it("serves the routes of Assay under its own path, and its own beside them", async () => {
    expect(await get("/git/api/v1/repositories/1")).toMatchObject({ name: "hello", status: "completed" })
    expect((await app.inject({ url: "/api/v1/repositories/1", headers: { host: "localhost" } })).statusCode).toBe(404)
  })
})
