import type { Insight, InsightName, Repository } from "@assay/core"
import { silentLogger } from "@assay/core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createInsightReader, openSnapshotFacts } from "../../src/index.js"
import type { InsightFacts, SnapshotFacts } from "../../src/index.js"
import { insightDefinitions } from "../../src/insights/insight-definitions.js"
import { createRepository, lines } from "../helpers/create-repository.js"
import type { TestRepository } from "../helpers/create-repository.js"
import { createTestDatabase } from "../helpers/create-test-database.js"
import { openFacts } from "../helpers/open-facts.js"
import type { Facts } from "../helpers/open-facts.js"
import { busyProject } from "./busy-project.js"
import { loadWithGit } from "./load-with-git.js"

const names = Object.keys(insightDefinitions) as InsightName[]

describe.each(["PGlite", "PostgreSQL"])("on %s", (kind) => {
  let facts: Facts
  let source: TestRepository
  let repository: Repository
  let dispose = (): Promise<void> => Promise.resolve()
  beforeAll(async () => {
    const postgres = kind === "PostgreSQL" ? await createTestDatabase() : undefined
    facts = await openFacts(postgres ? { databaseUrl: postgres.url } : {})
    source = await busyProject()
    repository = await facts.register(source.path)
    await facts.index(repository)
    dispose = async () => {
      await facts[Symbol.asyncDispose]()
      await source[Symbol.asyncDispose]()
      await postgres?.[Symbol.asyncDispose]()
    }
  })
  afterAll(() => dispose())

  const open = (
    options: Partial<Parameters<typeof createInsightReader>[0]> = {},
  ): ReturnType<typeof createInsightReader> =>
    createInsightReader({ database: facts.database, repositories: facts.repositories, ...options })

  test.each(names)("answers %s with all that its description names, and the same from what it kept", async (name) => {
    const first = await open().read(repository, name, { limit: "all" })
    const again = await open().read(repository, name, { limit: "all" })

    const description = open().descriptions.find((each) => each.name === name)!
    expect(first).toMatchObject({
      name,
      definition: description.definition,
      total: first.rows.length,
      cursor: undefined,
    })
    expect(first.snapshot).toMatchObject({ number: 1, branch: "main", stale: false, complete: true })
    expect(Object.keys(first.values)).toEqual(Object.keys(description.values))
    expect(Object.keys(first.parameters).sort()).toEqual(description.parameters.map((each) => each.name).sort())
    for (const column of first.columns) expect(description.columns).toHaveProperty(column)
    for (const row of first.rows) expect(Object.keys(row)).toEqual(first.columns)
    expect(again).toEqual(first)
    expect(again.rows.map((row) => Object.keys(row))).toEqual(first.rows.map((row) => Object.keys(row)))
    const kept = "select 1 from assay.insights where repository_id = $1 and part = 0"
    expect((await facts.database.query(kept, [repository.id])).length).toBeGreaterThan(0)
  })

  test("reads an answer that it kept without reading any facts", async () => {
    await open().read(repository, "hotspots")
    const reader = open({
      facts: {
        open: () => {
          throw new Error("the facts were opened")
        },
        openFirst: () => Promise.resolve(undefined),
      },
    })
    expect((await reader.read(repository, "hotspots")).rows.length).toBeGreaterThan(0)
    await expect(reader.read(repository, "hotspots", { parameters: { since: "2023-02-03" } })).rejects.toThrow("opened")
  })

  test("pages have no gaps and no row twice, whatever their size", async () => {
    const { rows: all } = await open().read(repository, "activity", { limit: "all" })
    expect(all.length).toBeGreaterThan(300)
    for (const limit of [1000, 199, 100, 37]) {
      const pages = []
      let cursor: string | undefined
      do {
        const page = await open().read(repository, "activity", { limit, cursor })
        expect(page.total).toBe(all.length)
        expect(page.rows.length).toBeLessThanOrEqual(limit)
        pages.push(...page.rows)
        cursor = page.cursor
      } while (cursor !== undefined)
      expect(pages).toEqual(all)
    }
    expect((await open().read(repository, "activity")).rows).toHaveLength(100)
  })

  test("refuses the cursor of another query, and what is none", async () => {
    const { cursor } = await open().read(repository, "activity", { limit: 5 })
    const questions = [
      () => open().read(repository, "activity", { cursor, parameters: { interval: "week" } }),
      () => open().read(repository, "punch-card", { cursor }),
      () => open().read(repository, "activity", { cursor: "nonsense" }),
      () => open().read(repository, "activity", { cursor: Buffer.from('[1,"x",-4]').toString("base64url") }),
    ]
    for (const question of questions) {
      await expect(question()).rejects.toMatchObject({ code: "INVALID_INPUT", issues: [{ path: ["cursor"] }] })
    }
  })

  test.each([
    ["contributors", { since: "yesterday" }, "since"],
    ["contributors", { since: "2024-02-31" }, "since"],
    ["contributors", { since: "2024-02-01", until: "2023-01-01" }, "until"],
    ["contributors", { minRevs: "5" }, "minRevs"],
    ["contributors", { bots: "maybe" }, "bots"],
    ["contributors", { branch: "develop" }, "branch"],
    ["contributors", { ignore_commits: "not hex" }, "ignoreCommits"],
    ["coupling", { min_shared: "-1" }, "minShared"],
    ["coupling", { min_shared: "1", minShared: "2" }, "minShared"],
    ["activity", { tz: "Mars/Olympus" }, "tz"],
    ["activity", { interval: "fortnight" }, "interval"],
    ["bus-factor", { threshold: "0" }, "threshold"],
    ["bus-factor", { threshold: "1.5" }, "threshold"],
    ["bus-factor", { countCoAuthors: "yes" }, "countCoAuthors"],
    ["burndown", { samples: "1" }, "samples"],
    ["files", { path: "x".repeat(2_000) }, "path"],
    ["files", { include: "vendored" }, "include"],
  ] as [InsightName, Record<string, string>, string][])(
    "refuses %s with %o, naming %s",
    async (name, parameters, wrong) => {
      const answer = open().read(repository, name, { parameters })
      await expect(answer).rejects.toMatchObject({
        code: "INVALID_INPUT",
        message: expect.stringContaining(wrong) as string,
      })
    },
  )

  test("refuses limits and names that are none", async () => {
    for (const limit of [0, 1001, 1.5, Number.NaN]) {
      await expect(open().read(repository, "files", { limit })).rejects.toMatchObject({ code: "INVALID_INPUT" })
    }
    await expect(open().read(repository, "toString" as InsightName)).rejects.toMatchObject({ code: "INVALID_INPUT" })
  })

  test("shows parameters as they were used", async () => {
    const { parameters } = await open().read(repository, "hotspots", {
      parameters: { since: "90d", exclude: "vendor,*.json" },
    })
    const tip = Number(source.git("log", "-1", "--format=%ct", "main"))
    expect(parameters).toMatchObject({
      now: `${new Date(tip * 1000).toISOString().slice(0, 19)}Z`,
      since: `${new Date((tip - 90 * 86_400) * 1000).toISOString().slice(0, 19)}Z`,
      exclude: ["vendor", "*.json"],
      bots: "show",
      view: "lineage",
      branch: "main",
    })
  })

  test("knows what the operator says about people, and does not mix up answers with other rules", async () => {
    const plain = await open().read(repository, "identities", { limit: "all" })
    const reader = open({ aliases: "Cleo <cleo@example.org> <cleo@elsewhere.net>", extraBots: [/^Bob Builder$/g] })
    const ruled = await reader.read(repository, "identities", { limit: "all" })
    expect(plain.values).toMatchObject({
      people: 5,
      bots: 1,
      suggestions: [{ name: "Cleo", emails: ["cleo@elsewhere.net", "cleo@example.org"] }],
    })
    expect(ruled.values).toMatchObject({ people: 4, bots: 2, suggestions: [] })
    expect(ruled.rows.find((row) => row["email"] === "cleo@elsewhere.net")).toMatchObject({ mergedBy: "aliases" })
    expect(await open().read(repository, "identities", { limit: "all" })).toEqual(plain)
    expect(() => open({ aliases: "nonsense" })).toThrow("line 1")
  })

  test("says what it left out, and why", async () => {
    const { exclusions } = await open().read(repository, "hotspots")
    expect(exclusions).toEqual([
      { what: "vendored", count: 1, unit: "files", reason: expect.any(String) as string },
      { what: "documentation", count: 1, unit: "files", reason: expect.any(String) as string },
      ...[{ what: "binary", count: 1, unit: "files", reason: expect.any(String) as string }],
    ])
    const people = await open().read(repository, "contributors")
    expect(people.exclusions).toMatchObject([
      { what: "bots", count: 1, unit: "people" },
      { what: "invalidTime", count: 2, unit: "commits" },
    ])
  })

  describe("prepared answers", () => {
    const broken: InsightFacts = {
      open: () => {
        throw new Error("the facts were opened")
      },
      openFirst: () => Promise.resolve(undefined),
    }
    const stored = (changed: (facts: SnapshotFacts) => Partial<SnapshotFacts>): InsightFacts => ({
      open: ({ id, tenant }, snapshot) => {
        const own = openSnapshotFacts(facts.database, { tenant, repositoryId: id, snapshot })
        return { ...own, ...changed(own) }
      },
      openFirst: () => Promise.resolve(undefined),
    })
    const forget = (): Promise<unknown> =>
      facts.database.query("delete from assay.insights where repository_id = $1", [repository.id])
    const keptAnswers = (): Promise<unknown[]> =>
      facts.database.query("select key from assay.insights where repository_id = $1 and part = 0", [repository.id])

    test("are those of whoever asks first, and are not computed again", async () => {
      const computed = new Map<InsightName, Insight>()
      for (const name of names) {
        await forget()
        computed.set(name, await open().read(repository, name, { limit: "all" }))
      }
      await forget()
      let changes = 0
      let births = 0
      const counting = stored((own) => ({
        history: () => (changes++, own.history()),
        fileLines: () => (births++, own.fileLines()),
      }))
      await open({ facts: counting }).prepare(repository)
      // Sixteen insights have read them once.
      expect({ changes, births }).toEqual({ changes: 1, births: 1 })
      for (const name of names) {
        expect(await open({ facts: broken }).read(repository, name, { limit: "all" })).toEqual(computed.get(name))
      }
      const kept = await keptAnswers()
      const warnings: string[] = []
      const log = { ...silentLogger, warn: (_: object, message: string) => void warnings.push(message) }
      await open({ facts: broken, log }).prepare(repository)
      expect(warnings).toEqual([])
      expect(await keptAnswers()).toEqual(kept)
    })

    test("are all but those that fail, which are logged", async () => {
      await forget()
      const failed: unknown[] = []
      const log = {
        ...silentLogger,
        warn: (details: object) => void failed.push((details as { insight: string }).insight),
      }
      const without = stored(() => ({ tags: () => Promise.reject(new Error("no tags today")) }))
      await open({ facts: without, log }).prepare(repository)
      expect(failed).toEqual(["releases", "summary"])
      for (const name of names.filter((each) => !failed.includes(each))) {
        await open({ facts: broken }).read(repository, name)
      }
      await expect(open({ facts: broken }).read(repository, "releases")).rejects.toThrow("opened")
    })

    test("are no more once the signal is aborted", async () => {
      await forget()
      await open({ facts: broken }).prepare(repository, { signal: AbortSignal.abort() })
      expect(await keptAnswers()).toEqual([])
      const stop = new AbortController()
      const stopping = stored((own) => ({
        lines: () => {
          stop.abort()
          return own.lines()
        },
      }))
      await open({ facts: stopping }).prepare(repository, { signal: stop.signal })
      const some = (await keptAnswers()).length
      expect(some).toBeGreaterThan(0)
      expect(some).toBeLessThan(names.length)
    })

    test("of a summary are taken from what is kept, and what it computes is kept for the others", async () => {
      await forget()
      const whole = await open().read(repository, "summary")
      const parts: InsightName[] = ["contributors", "bus-factor", "hotspots", "activity", "files", "age", "survival"]
      for (const name of [...parts, "releases", "churn", "languages"] as InsightName[]) {
        await open({ facts: broken }).read(repository, name)
      }
      await facts.database.query(
        "update assay.insights set data = jsonb_set(data, '{values,releases}', '77') where data->'values' ? 'cadenceP90Days'",
      )
      await facts.database.query("delete from assay.insights where data->'values' ? 'topContributors'")
      expect((await open().read(repository, "summary")).values).toEqual({ ...whole.values, releases: 77 })
      await forget()
    })
  })

  test("computes an answer that many ask for at once for all of them", async () => {
    let opened = 0
    const reader = open({
      facts: {
        open: () => {
          opened++
          return loadWithGit(source, source.git("rev-parse", "main"))
        },
        openFirst: () => Promise.resolve(undefined),
      },
      cacheBytes: 0,
    })
    const parameters = { since: "2023-03-01" }
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => reader.read(repository, "contributors", { parameters })),
    )
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    // Who looked for it just before it was written may compute it once more.
    expect(opened).toBeLessThanOrEqual(2)
  })
})

describe("from one snapshot to the next", () => {
  let facts: Facts
  beforeAll(async () => {
    facts = await openFacts()
  })
  afterAll(() => facts[Symbol.asyncDispose]())

  test("reads and compares those that are kept, and goes on with the pages of an older one", async () => {
    await using source = await createRepository()
    let from = source.commit({ files: { "a.ts": lines(40), "b.ts": lines(10) } })
    from = source.commit({ from, files: { "a.ts": lines(50) } })
    source.write()
    const repository = await facts.register(source.path)
    const reader = createInsightReader(facts)
    await expect(reader.read(repository, "summary")).rejects.toMatchObject({ code: "SNAPSHOT_NOT_READY" })
    expect(await reader.snapshots(repository)).toEqual([])
    await facts.index(repository)
    const page = await reader.read(repository, "files", { limit: 1 })

    source.commit({ from, files: { "b.ts": lines(90), "c.ts": lines(3) }, author: "New <new@example.org>" })
    source.write()
    await facts.update(repository)

    expect((await reader.snapshots(repository)).map(({ number, stale }) => [number, stale])).toEqual([
      [2, false],
      [1, false],
    ])
    expect((await reader.read(repository, "files")).total).toBe(3)
    const rest = await reader.read(repository, "files", { limit: 5, cursor: page.cursor })
    expect(rest).toMatchObject({ total: 2, rows: [{ path: "b.ts", lines: 10 }], snapshot: { number: 1 } })
    await expect(reader.read(repository, "files", { cursor: page.cursor, snapshot: 2 })).rejects.toMatchObject({
      code: "INVALID_INPUT",
    })
    await expect(reader.read(repository, "files", { snapshot: 7 })).rejects.toMatchObject({
      code: "SNAPSHOT_NOT_READY",
    })

    const comparison = await reader.compare(repository, { base: 1, head: 2 })
    expect(comparison).toMatchObject({ base: { number: 1 }, head: { number: 2 } })
    expect(comparison.values).toMatchObject({
      commits: { base: 2, head: 3, difference: 1 },
      lines: { base: 60, head: 143, difference: 83 },
      contributors: { base: 1, head: 2, difference: 1 },
    })
    expect(comparison.hotspots.map(({ path }) => path)).toContain("b.ts")
  })

  test("serves the published snapshot, and says so, while the next is being built", async () => {
    await using source = await createRepository()
    const from = source.commit({ files: { "a.ts": lines(4) } })
    source.write()
    const repository = await facts.register(source.path)
    await facts.index(repository)
    source.commit({ from, files: { "b.ts": lines(4) } })
    source.write()

    const reader = createInsightReader(facts)
    const seen: unknown[] = []
    facts.interfere((context) => ({
      stage: async (name: string) => {
        await context.stage(name)
        if (name === "publishing")
          seen.push((await reader.read(repository, "files")).snapshot, (await reader.read(repository, "files")).total)
      },
    }))
    await facts.update(repository)
    facts.interfere(undefined)

    expect(seen).toMatchObject([{ number: 1, stale: true, complete: true }, 1])
    expect(await reader.read(repository, "files")).toMatchObject({ total: 2, snapshot: { number: 2, stale: false } })
  })

  test("a repository without commits has zeros", async () => {
    await using source = await createRepository()
    const repository = await facts.register(source.path)
    await facts.index(repository)
    const reader = createInsightReader(facts)
    for (const name of names) {
      const insight = await reader.read(repository, name)
      expect([name, insight.snapshot.committedAt]).toEqual([name, undefined])
      expect([name, JSON.stringify(insight).includes("NaN")]).toEqual([name, false])
    }
    expect((await reader.read(repository, "summary")).values).toMatchObject({
      commits: 0,
      files: 0,
      caf: 0,
      truckFactor: null,
    })
  })

  test("another tenant has no such repository, and a removed one leaves nothing behind", async () => {
    await using source = await createRepository()
    source.commit({ files: { "a.ts": lines(4) } })
    source.write()
    const repository = await facts.register(source.path)
    await facts.index(repository)
    const reader = createInsightReader(facts)
    await reader.read(repository, "files")
    const stranger = { id: repository.id, tenant: "other" }
    await expect(reader.read(stranger, "files")).rejects.toMatchObject({ code: "REPOSITORY_NOT_FOUND" })
    await expect(reader.snapshots(stranger)).rejects.toMatchObject({ code: "REPOSITORY_NOT_FOUND" })
    await facts.remove(repository)
    await expect(reader.read(repository, "files")).rejects.toMatchObject({ code: "REPOSITORY_NOT_FOUND" })
    expect(
      await facts.database.query("select 1 from assay.insights where repository_id = $1", [repository.id]),
    ).toEqual([])
  })

  test("keeps a bounded number of answers", async () => {
    await using source = await createRepository()
    source.commit({ files: { "a.ts": lines(4) } })
    source.write()
    const repository = await facts.register(source.path)
    await facts.index(repository)
    const reader = createInsightReader(facts)
    for (let days = 1; days <= 310; days++) {
      await reader.read(repository, "hotspots", {
        parameters: { now: `2024-06-01T00:00:${String(days % 60).padStart(2, "0")}Z`, since: `${days}d` },
      })
    }
    const kept = "select count(*)::int as count from assay.insights where repository_id = $1 and part = 0"
    const [{ count }] = (await facts.database.query<{ count: number }>(kept, [repository.id])) as [{ count: number }]
    expect(count).toBe(300)
  })
})

describe("while a repository is read for the first time", () => {
  test("answers what commits and people are enough for, and says that the rest is to come", async () => {
    await using facts = await openFacts()
    await using source = await busyProject()
    const repository = await facts.register(source.path)
    const whole = loadWithGit(source, source.git("rev-parse", "main"))
    const first = {
      ...whole,
      async *history() {
        for await (const { commits } of whole.history()) {
          const nothing = {
            pathId: new Int32Array(),
            oldPathId: new Int32Array(),
            status: new Uint8Array(),
            kind: new Uint8Array(),
          }
          yield {
            commits: { ...commits, firstChange: new Int32Array(commits.length + 1) },
            changes: { length: 0, ...nothing, added: new Int32Array(), deleted: new Int32Array() },
          }
        }
      },
      files: () => Promise.reject(new Error("there are no files yet")),
      lines: () => Promise.reject(new Error("there are no lines yet")),
    }
    const source1 = { open: () => first, openFirst: () => Promise.resolve(first) }
    const reader = createInsightReader({
      ...facts,
      database: facts.database,
      repositories: facts.repositories,
      facts: source1,
    })
    for (const name of names) {
      const answer = reader.read(repository, name)
      if (insightDefinitions[name].early) {
        expect((await answer).snapshot).toMatchObject({ complete: false, publishedAt: undefined, stale: true })
      } else await expect(answer).rejects.toMatchObject({ code: "SNAPSHOT_NOT_READY" })
    }
    expect(names.filter((name) => insightDefinitions[name].early).sort()).toEqual([
      "activity",
      "bus-factor",
      "contributors",
      "identities",
      "punch-card",
    ])
    expect((await reader.read(repository, "bus-factor")).values).toMatchObject({
      caf: 2,
      truckFactor: null,
      fileOwners: null,
    })
  })
})
