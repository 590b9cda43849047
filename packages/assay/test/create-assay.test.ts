import { execFileSync } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { defineJob } from "@assay/core"
import { indexRepository, parseTrustedPrefixes } from "@assay/git"
import { openDatabase } from "@assay/postgres"
import type { PostgresDatabase } from "@assay/postgres"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { z } from "zod"
import { createAssay } from "../src/index.js"
import type { Assay, AssayOptions } from "../src/index.js"
import { largeRepository, smallRepository } from "./helpers/repository.js"
import { temporaryFolder } from "./helpers/temporary-folder.js"

// Making a database takes longer than most of these tests: they share one, each with a tenant of its own.
let database: PostgresDatabase
beforeAll(async () => {
  database = await openDatabase("memory:")
})
afterAll(() => database.close())
let tenants = 0

async function open(options: AssayOptions = {}): Promise<Assay> {
  const dataFolder = join(temporaryFolder(), "data")
  const assay = await createAssay({ database, dataFolder, tenant: `tenant-${++tenants}`, ...options })
  onTestFinished(() => assay.close({ graceMs: 0 }))
  return assay
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = []
  for await (const item of items) found.push(item)
  return found
}

describe("createAssay", () => {
  it("analyses a repository from its URL to its results", async () => {
    const assay = await open()
    const repository = smallRepository(join(temporaryFolder(), "lamp"))
    const job = await assay.analyze(repository.folder, { trusted: true })
    const types: string[] = []
    const stages: (string | undefined)[] = []
    for await (const event of job.events()) {
      types.push(event.type)
      if (event.type === "job.stage") stages.push(event.data.stage)
    }
    expect([types[0], types.at(-1)]).toEqual(["job.queued", "job.succeeded"])
    expect(stages).toEqual(["fetching", "reading history", "following lines", "reading files", "publishing"])

    const results = await job.result({ signal: AbortSignal.timeout(10_000) })
    expect(results.snapshot.totals).toMatchObject({ commits: 5, contributors: 3, files: 4 })
    expect(await results.busFactor({ threshold: 0.9 })).toMatchObject({ threshold: 0.9 })
    expect((await all(results.contributors())).map(({ name }) => name)).toEqual(["Ada", "Ben", "Chloé"])
    expect((await all(results.files())).map(({ path }) => path)).toContain("src/b.py")
    expect((await all(results.hotspots()))[0]).toMatchObject({ path: "src/a.ts", commits: 3 })
    expect((await results.summary()).topContributors[0]).toMatchObject({ name: "Ada", commits: 3 })
    expect(await results.commitActivity({ days: 7 })).toHaveLength(7)
  })

  it("registers a repository once, under all its names", async () => {
    const assay = await open()
    const repositories = await Promise.all(
      ["Owner/Repo", "https://github.com/owner/repo.git", "https://github.com/owner/repo"].map((url) =>
        assay.register(url),
      ),
    )
    expect(new Set(repositories.map(({ id }) => id)).size).toBe(1)
    expect(await assay.repositories.count(assay.client.tenant)).toBe(1)
    const moved = await assay.register("owner/repo", { branch: "next" })
    expect(moved).toMatchObject({ id: repositories[0]!.id, defaultBranch: "next", trusted: false })
  })

  it("trusts a path only where the program vouches for it, or the operator allowed it", async () => {
    const folder = temporaryFolder()
    const { folder: path } = smallRepository(join(folder, "lamp"))
    const careful = await open()
    await expect(careful.analyze(path)).rejects.toMatchObject({ code: "GIT_URL_REFUSED", why: "local" })
    await expect(careful.register(`file://${path}`)).rejects.toMatchObject({ code: "GIT_URL_REFUSED" })
    expect(await careful.register(path, { trusted: true })).toMatchObject({ trusted: true })

    const allowing = await open({ git: { allow: parseTrustedPrefixes(`file://${folder}/`) } })
    const job = await allowing.analyze(`file://${path}`)
    expect((await job.result()).snapshot.totals.commits).toBe(5)
  })

  it("joins the job that reads a repository already", async () => {
    const assay = await open()
    const { folder } = largeRepository(join(temporaryFolder(), "large"), 1500)
    const [first, second] = await Promise.all([
      assay.analyze(folder, { trusted: true }),
      assay.analyze(folder, { trusted: true }),
    ])
    const third = await assay.index(first.repositoryId)
    expect(new Set([first.id, second.id, third.id]).size).toBe(1)
    expect(third.deduplicated).toBe(true)
    await first.result()
    expect((await assay.client.list()).jobs).toHaveLength(1)
  })

  it("reads only what is new the next time, and forgets a repository when asked to", async () => {
    const assay = await open()
    const repository = smallRepository(join(temporaryFolder(), "lamp"))
    const first = await (await assay.analyze(repository.folder, { trusted: true })).result()
    repository.commit({ "new.txt": "new\n" })
    const job = await assay.index(first.repository)
    expect((await job.get()).type).toBe("repository.update")
    expect((await job.result()).snapshot).toMatchObject({ number: 2, totals: { commits: 6 } })

    const removal = await assay.remove(first.repository)
    expect(await removal.result()).toEqual({ removed: true })
    await expect(assay.results(first.repository)).rejects.toMatchObject({ code: "REPOSITORY_NOT_FOUND" })
  })

  it("says why a job failed, and that a repository has no results yet", async () => {
    const assay = await open()
    const job = await assay.analyze(join(temporaryFolder(), "missing"), { trusted: true })
    await expect(job.result()).rejects.toMatchObject({ code: "JOB_FAILED", cause: { code: "GIT_NOT_FOUND" } })
    await expect(assay.results(job.repositoryId)).rejects.toMatchObject({ code: "SNAPSHOT_NOT_READY" })
    await expect(assay.index(99)).rejects.toMatchObject({ code: "REPOSITORY_NOT_FOUND" })
  })

  it("lets a host's transaction decide whether a job exists", async () => {
    const assay = await open()
    const { folder } = smallRepository(join(temporaryFolder(), "lamp"))
    const { id: repositoryId } = await assay.register(folder, { trusted: true })
    await assay.start()
    await assay.database.exec("create table host_notes (text text not null)")
    const note = (text: string | null) =>
      assay.database.transaction(async (tx) => {
        const job = await assay.client.enqueue(indexRepository, { repositoryId }, { tx })
        await tx.query("insert into host_notes values ($1)", [text])
        return job
      })
    await expect(note(null)).rejects.toThrow()
    expect((await assay.client.list()).jobs).toEqual([])
    const job = await note("indexed")
    expect(await job.result()).toMatchObject({ commits: 5 })
  })

  it("performs definitions of the host's own", async () => {
    const greet = defineJob({ type: "host.greet", input: z.object({ name: z.string() }), result: z.string() })
    const assay = await open()
    assay.handle(greet, async ({ input }) => `Hello ${input.name}`)
    await assay.start()
    const job = await assay.client.enqueue(greet, { name: "Ada" })
    expect(await job.result()).toBe("Hello Ada")
  })

  it("goes on after a restart with what was not done, and leaves the data folder in order", async () => {
    const dataFolder = join(temporaryFolder(), "data")
    const { folder } = largeRepository(join(temporaryFolder(), "large"), 1500)
    const first = await createAssay({ dataFolder })
    const job = await first.analyze(folder, { trusted: true })
    for await (const event of job.events())
      if (event.type === "job.stage" && event.data.stage === "reading history") break
    await first.close({ graceMs: 0 })
    await first.close()

    await using second = await createAssay({ dataFolder })
    await second.start()
    expect(await second.client.job(job.id).result()).toMatchObject({ commits: 1500 })
    const { attempts, crashes } = (await second.client.get(job.id))!
    expect({ attempts, crashes }).toEqual({ attempts: 1, crashes: 0 })
    expect(readdirSync(dataFolder).filter((name) => !name.startsWith("lock."))).toEqual([
      "mirrors",
      "pgdata",
      "secret.key",
    ])
  })

  it("refuses a data folder that is open already, and gives it back when closed", async () => {
    const dataFolder = join(temporaryFolder(), "data")
    const first = await createAssay({ dataFolder })
    await expect(createAssay({ dataFolder })).rejects.toMatchObject({ code: "STORE_LOCKED" })
    await first.close()
    await (await createAssay({ dataFolder })).close()
  })

  it("says which folder cannot be used", async () => {
    const file = join(temporaryFolder(), "file")
    execFileSync("touch", [file])
    await expect(createAssay({ dataFolder: join(file, "data") })).rejects.toMatchObject({
      code: "DATA_FOLDER_UNUSABLE",
      message: expect.stringContaining(file),
    })
  })

  it("does not close a database that it was given", async () => {
    const dataFolder = join(temporaryFolder(), "data")
    const assay = await createAssay({ database, dataFolder })
    await assay.start()
    await assay.close()
    expect(await database.query("select 1 as one")).toEqual([{ one: 1 }])
    expect(existsSync(join(dataFolder, "pgdata"))).toBe(false)
  })
})
