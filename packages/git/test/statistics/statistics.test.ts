import type { Repository } from "@assay/core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createRepository, lines } from "../helpers/create-repository.js"
import type { TestRepository } from "../helpers/create-repository.js"
import { openFacts } from "../helpers/open-facts.js"
import type { Facts } from "../helpers/open-facts.js"
import { mergesAndRenames } from "../helpers/scenarios.js"

let facts: Facts
beforeAll(async () => {
  facts = await openFacts()
})
afterAll(() => facts[Symbol.asyncDispose]())

const ann = "Ann <ann@example.org>"
const bob = "Bob <bob@example.org>"
const bot = "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>"
const everything = { limit: 1000, offset: 0 }
const allTime = { threshold: 0.5, days: 0, exclude: false }
const day = 86_400

async function indexed(make: (source: TestRepository) => void): Promise<Repository> {
  await using source = await createRepository()
  make(source)
  source.write()
  const repository = await facts.register(source.path)
  await facts.index(repository)
  return repository
}

test("says so when there is nothing to read yet, or no such repository", async () => {
  const repository = await facts.register("/nowhere")
  const { statistics, summary } = facts
  const questions = (reference: Repository): Promise<unknown>[] => [
    statistics.contributors(reference, everything),
    statistics.files(reference, everything),
    statistics.churn(reference, { ...everything, days: 0 }),
    statistics.busFactor(reference, allTime),
    statistics.commitActivity(reference, { days: 3 }),
    summary(reference),
  ]
  for (const question of questions(repository)) {
    await expect(question).rejects.toMatchObject({ code: "SNAPSHOT_NOT_READY" })
  }
  for (const question of questions({ ...repository, tenant: "other" })) {
    await expect(question).rejects.toMatchObject({ code: "REPOSITORY_NOT_FOUND" })
  }
})

test("lists contributors by name and files by size, page by page", async () => {
  const repository = await indexed((source) => {
    let from = source.commit({ author: bob, files: { "small.ts": lines(2), "image.png": Buffer.from([0, 1]) } })
    from = source.commit({ from, author: ann, files: { "large.ts": lines(9), "also-small.ts": lines(2) } })
    source.commit({ from, author: bot, files: { "small.ts": lines(3) } })
  })

  const people = await facts.statistics.contributors(repository, { limit: 2, offset: 0 })
  expect(people.total).toBe(3)
  expect(people.items.map(({ name }) => name)).toEqual(["Ann", "Bob"])
  expect((await facts.statistics.contributors(repository, { limit: 2, offset: 2 })).items).toMatchObject([
    { name: "dependabot[bot]", bot: true, commits: 1, additions: 1, deletions: 0, filesTouched: 1 },
  ])

  const files = await facts.statistics.files(repository, { limit: 3, offset: 0 })
  expect(files.total).toBe(4)
  expect(files.items).toMatchObject([
    { path: "large.ts", lines: 9, language: "TypeScript", binary: false },
    { path: "small.ts", lines: 3, lastModifiedAt: new Date("2024-01-01T03:00:00Z") },
    { path: "also-small.ts", lines: 2 },
  ])
  expect((await facts.statistics.files(repository, { limit: 3, offset: 3 })).items).toMatchObject([
    { path: "image.png", lines: undefined, language: undefined, bytes: 2, binary: true },
  ])
})

test("says of every file when it was last touched as git's own history of the path does", async () => {
  await using source = await mergesAndRenames()
  const repository = await facts.register(source.path)
  await facts.index(repository)
  for (const { path, lastModifiedAt } of (await facts.statistics.files(repository, everything)).items) {
    const times = source
      .git("log", "--no-merges", "--full-history", "--no-renames", "--format=%at", "main", "--", path)
      .split("\n")
      .filter(Boolean)
    // What only a merge brought has no such commit.
    const newest = times.length > 0 ? new Date(Math.max(...times.map(Number)) * 1000) : undefined
    expect(lastModifiedAt, path).toEqual(newest)
  }
})

describe("the bus factor", () => {
  test("counts the fewest owners of enough files", async () => {
    const repository = await indexed((source) => {
      const from = source.commit({ author: ann, files: { a: lines(5), b: lines(5), c: lines(5), shared: lines(3) } })
      source.commit({ from, author: bob, files: { d: lines(5), e: lines(5), shared: lines(30) } })
    })

    expect(await facts.statistics.busFactor(repository, allTime)).toEqual({
      busFactor: 1,
      threshold: 0.5,
      totalFiles: 6,
      topContributors: [
        { name: "Ann", email: "ann@example.org", filesOwned: 3, share: 0.5 },
        { name: "Bob", email: "bob@example.org", filesOwned: 3, share: 0.5 },
      ],
      riskLevel: "high",
    })
    expect(await facts.statistics.busFactor(repository, { ...allTime, threshold: 0.51 })).toMatchObject({
      busFactor: 2,
      riskLevel: "medium",
    })
  })

  test("gives nothing to bots, and follows files through renames", async () => {
    const repository = await indexed((source) => {
      let from = source.commit({ author: ann, files: { "old.ts": lines(40) } })
      from = source.commit({ from, author: bot, files: { "old.ts": lines(400), "by-bot.ts": lines(9) } })
      from = source.commit({ from, author: bob, renames: { "old.ts": "newer.ts" } })
      source.commit({ from, author: bob, renames: { "newer.ts": "newest.ts" } })
    })
    expect(await facts.statistics.busFactor(repository, allTime)).toMatchObject({
      totalFiles: 1,
      topContributors: [{ email: "ann@example.org", filesOwned: 1, share: 1 }],
    })
  })

  test("leaves out old commits, and what nobody wrote by hand, when asked to", async () => {
    const repository = await indexed((source) => {
      let from = source.commit({ author: ann, time: 100 * day, files: { "a.ts": lines(9), "b.ts": lines(9) } })
      const added = {
        "c.ts": lines(9),
        "package-lock.json": lines(9),
        "vendor/x.js": lines(9),
        "docs/guide.md": lines(9),
      }
      from = source.commit({ from, author: bob, time: 140 * day, files: added })
      source.commit({ from, author: bob, time: 141 * day, message: "nothing" })
    })
    const { statistics } = facts
    expect(await statistics.busFactor(repository, { ...allTime, exclude: true })).toMatchObject({ totalFiles: 3 })
    expect(await statistics.busFactor(repository, allTime)).toMatchObject({ totalFiles: 6 })
    expect(await statistics.busFactor(repository, { ...allTime, days: 7, exclude: true })).toMatchObject({
      totalFiles: 1,
      topContributors: [{ email: "bob@example.org" }],
    })
  })

  test("is unknown where nobody owns anything", async () => {
    const repository = await indexed((source) => source.commit({ author: bot, files: { a: lines(5), "b.png": "\0" } }))
    expect(await facts.statistics.busFactor(repository, allTime)).toEqual({
      ...{ busFactor: 0, threshold: 0.5, totalFiles: 0, topContributors: [], riskLevel: "unknown" },
    })
  })
})

describe("churn", () => {
  test("is the geometric mean of how often and how large, over all files, whatever page is read", async () => {
    const repository = await indexed((source) => {
      let from = source.commit({
        files: { "huge-frozen.ts": lines(400), "tiny-busy.ts": lines(1), "both.ts": lines(100) },
      })
      for (let round = 2; round <= 4; round++) {
        from = source.commit({
          from,
          files: { "tiny-busy.ts": `${round}\n`, "both.ts": lines(100 * (round === 4 ? 1 : round)) },
        })
      }
    })
    const { items, total } = await facts.statistics.churn(repository, { ...everything, days: 0 })
    expect(total).toBe(3)
    expect(items.map(({ path, commits, score }) => [path, commits, Math.round(score * 10_000) / 10_000])).toEqual([
      ["both.ts", 4, 50],
      ["huge-frozen.ts", 1, 50],
      ["tiny-busy.ts", 4, 5],
    ])
    expect(items.map(({ category }) => category)).toEqual(["frequent", "massive", "frequent"])
    expect(items[2]).toMatchObject({ linesChanged: 7, lastModifiedAt: new Date("2024-01-01T04:00:00Z") })
    for (const offset of [0, 1, 2, 3]) {
      const page = await facts.statistics.churn(repository, { limit: 1, offset, days: 0 })
      expect(page).toEqual({ items: items.slice(offset, offset + 1), total: 3 })
    }
  })

  test("counts what happened under former names, and only the days asked for", async () => {
    const repository = await indexed((source) => {
      let from = source.commit({ time: 10 * day, files: { "old.ts": lines(20), "other.ts": lines(20) } })
      from = source.commit({ from, time: 11 * day, files: { "old.ts": lines(21) } })
      from = source.commit({ from, time: 40 * day, renames: { "old.ts": "new.ts" } })
      source.commit({ from, time: 41 * day, files: { "new.ts": lines(23) } })
    })
    const { statistics } = facts
    expect((await statistics.churn(repository, { ...everything, days: 0 })).items).toMatchObject([
      { path: "new.ts", commits: 4, linesChanged: 23 },
      { path: "other.ts", commits: 1 },
    ])
    expect(await statistics.churn(repository, { ...everything, days: 30 })).toMatchObject({
      items: [{ path: "new.ts", commits: 3, linesChanged: 3 }],
    })
    expect(await statistics.churn(repository, { ...everything, days: 5 })).toMatchObject({
      items: [{ path: "new.ts", commits: 2, linesChanged: 2 }],
    })
  })
})

test("counts commits per day of the author's time in UTC, and leaves no day out", async () => {
  const at = (text: string): number => Date.parse(text) / 1000
  const repository = await indexed((source) => {
    let from: number | undefined
    const commit = (authorTime: number, offset = "+0000"): void => {
      from = source.commit({
        ...(from === undefined ? {} : { from }),
        time: at("2024-06-30T00:00:00Z"),
        authorTime,
        offset,
      })
    }
    commit(at("2024-03-07T23:59:59Z"), "+0900")
    for (let index = 0; index < 3; index++) commit(at("2024-03-08T00:00:00Z"), "-0800")
    for (let index = 0; index < 11; index++) commit(at("2024-03-10T12:00:00Z"))
    const side = source.commit({ ref: "refs/heads/side", from: from!, authorTime: at("2024-03-01T12:00:00Z") })
    source.commit({ from: from!, merge: [side], authorTime: at("2024-03-10T13:00:00Z") })
  })
  expect(await facts.statistics.commitActivity(repository, { days: 4, now: new Date("2024-03-10T00:00:01Z") })).toEqual(
    [
      { date: "2024-03-07", count: 1, level: 1 },
      { date: "2024-03-08", count: 3, level: 2 },
      { date: "2024-03-09", count: 0, level: 0 },
      { date: "2024-03-10", count: 11, level: 4 },
    ],
  )
  const today = await facts.statistics.commitActivity(repository, { days: 2 })
  expect(today).toHaveLength(2)
})

test("sums a repository up", async () => {
  const repository = await indexed((source) => {
    let from = source.commit({
      author: ann,
      time: Date.parse("2024-05-06T09:00:00Z") / 1000,
      files: { "src/a.ts": lines(30) },
    })
    from = source.commit({
      ...{ from, author: bob, time: Date.parse("2024-05-12T09:00:00Z") / 1000 },
      files: { "src/b.py": lines(10), "README.md": lines(100), "vendor/lib.js": lines(500) },
    })
    from = source.commit({
      from,
      author: bot,
      time: Date.parse("2024-05-14T09:00:00Z") / 1000,
      files: { "src/b.py": lines(11) },
    })
    source.commit({
      from,
      author: ann,
      time: Date.parse("2024-05-20T09:00:00Z") / 1000,
      files: { "src/a.ts": lines(31) },
    })
  })

  const summary = await facts.summary(repository)

  expect(summary.totals).toMatchObject({ commits: 4, contributors: 3, files: 4, lines: 642 })
  expect(summary.snapshot).toMatchObject({ number: 1, branch: "main", committedAt: new Date("2024-05-20T09:00:00Z") })
  expect(summary.topContributors.map(({ name, commits }) => [name, commits])).toEqual([
    ["Ann", 2],
    ["Bob", 1],
  ])
  expect(summary.languages.map(({ name, files, lines: count }) => [name, files, count])).toEqual([
    ["TypeScript", 1, 31],
    ["Python", 1, 11],
  ])
  expect(summary.languages.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
  expect(summary.hotspots.map(({ path }) => path)).toEqual(["src/a.ts", "src/b.py"])
  expect(summary.busFactor).toMatchObject({ busFactor: 1, totalFiles: 2, riskLevel: "high" })
  expect(summary.weeks).toHaveLength(12)
  expect(summary.weeks.slice(-3)).toEqual([
    { start: "2024-05-06", commits: 2 },
    { start: "2024-05-13", commits: 1 },
    { start: "2024-05-20", commits: 1 },
  ])
})
