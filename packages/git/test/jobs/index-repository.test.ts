import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { encodePath, openSnapshotFacts } from "../../src/index.js"
import { askGit } from "../helpers/ask-git.js"
import { createRepository, lines } from "../helpers/create-repository.js"
import type { TestRepository } from "../helpers/create-repository.js"
import { countRows, dumpFacts } from "../helpers/dump-facts.js"
import { openFacts } from "../helpers/open-facts.js"
import type { Facts } from "../helpers/open-facts.js"
import { linearHistory, manyIdentities, mergesAndRenames, oddContents, oddFileNames } from "../helpers/scenarios.js"

let facts: Facts
beforeAll(async () => {
  facts = await openFacts()
})
afterAll(() => facts[Symbol.asyncDispose]())

const everyScenario: [name: string, make: () => Promise<TestRepository>][] = [
  ["a linear history", linearHistory],
  ["a linear history with SHA-256", () => linearHistory({ objectFormat: "sha256" })],
  ["merges and renames", mergesAndRenames],
  ["odd file names", oddFileNames],
  ["odd contents", oddContents],
  ["many identities and a .mailmap", manyIdentities],
]

describe.each(everyScenario)("of %s", (_, make) => {
  test("says what git says", async () => {
    await using source = await make()
    const repository = await facts.register(source.path)

    const result = await facts.index(repository)

    const says = askGit(source, "main")
    const published = (await facts.reload(repository)).snapshot!
    expect(published).toMatchObject({ number: 1, branch: "main", commit: source.git("rev-parse", "main") })
    expect(published.totals).toEqual(says.totals)
    expect(result).toEqual({
      ...{ snapshot: 1, commit: published.commit, branch: "main", unchanged: false },
      ...{ commits: says.totals.commits, contributors: says.totals.contributors, files: says.totals.files },
      ...{ added: says.totals.commits, removed: 0 },
    })
    const everything = { limit: 1000, offset: 0 }
    const contributors = await facts.statistics.contributors(repository, everything)
    const by = <Value>(value: (person: (typeof contributors.items)[number]) => Value): Record<string, Value> =>
      Object.fromEntries(contributors.items.map((person) => [person.email, value(person)]))
    expect(by(({ commits }) => commits)).toEqual(says.commitsOf)
    expect(by(({ additions, deletions }) => ({ additions, deletions }))).toEqual(says.linesOf)
    const files = await facts.statistics.files(repository, everything)
    expect(
      Object.fromEntries(
        files.items.map(({ path, lines: count }) => [encodePath(path).toString("latin1"), count ?? null]),
      ),
    ).toEqual(says.files)
  })
})

test("completes with zeros for a repository without commits, and reads it once there are some", async () => {
  await using source = await createRepository()
  const repository = await facts.register(source.path)

  expect(await facts.index(repository)).toMatchObject({ snapshot: 1, unchanged: false, commits: 0, files: 0, added: 0 })
  expect((await facts.reload(repository)).snapshot?.totals.commits).toBe(0)
  expect(await facts.update(repository)).toMatchObject({ snapshot: 1, unchanged: true })
  expect(await facts.summary(repository)).toMatchObject({ languages: [], hotspots: [], weeks: [] })

  source.commit({ files: { "a.txt": lines(3) } })
  source.write()
  expect(await facts.update(repository)).toMatchObject({ snapshot: 2, commits: 1, files: 1, added: 1, removed: 0 })
})

test("keeps the results of a repository whose remote is suddenly empty", async () => {
  await using source = await linearHistory()
  const repository = await facts.register(source.path)
  await facts.index(repository)
  source.git("update-ref", "-d", "refs/heads/main")

  await expect(facts.update(repository)).rejects.toMatchObject({ code: "JOB_FAILED" })

  expect((await facts.reload(repository)).snapshot?.totals.commits).toBe(12)
})

test("makes no new snapshot of a remote that has not changed", async () => {
  await using source = await linearHistory()
  const repository = await facts.register(source.path)
  const first = await facts.index(repository)
  const before = await facts.reload(repository)

  expect(await facts.index(repository)).toEqual({ ...first, unchanged: true, added: 0, removed: 0 })
  expect(await facts.update(repository)).toMatchObject({ unchanged: true })

  expect(await facts.reload(repository)).toEqual(before)
})

test("reads everything again when asked to, to the same results", async () => {
  await using source = await mergesAndRenames()
  const repository = await facts.register(source.path)
  await facts.index(repository)
  const before = await dumpFacts(facts.database, repository)

  expect(await facts.index(repository, { full: true })).toMatchObject({ snapshot: 2, unchanged: false, added: 11 })

  expect(await dumpFacts(facts.database, repository)).toEqual(before)
})

test("rebuilds a mirror that is missing or damaged", async () => {
  await using source = await linearHistory()
  const repository = await facts.register(source.path)
  await facts.index(repository)
  const before = await dumpFacts(facts.database, repository)
  const mirror = (await import("../../src/jobs/mirror-id.js")).mirrorId(repository)

  await facts.mirrors.remove(mirror)
  expect(await facts.update(repository)).toMatchObject({ snapshot: 1, unchanged: true })
  expect(await facts.mirrors.open(mirror)).toBeDefined()

  await facts.mirrors.remove(mirror)
  source.commit({ from: "refs/heads/main", files: { "new.txt": lines(2) } })
  source.write()
  expect(await facts.update(repository)).toMatchObject({ snapshot: 2, added: 1, removed: 0 })
  expect((await dumpFacts(facts.database, repository)).commits).toHaveLength(before.commits.length + 1)
})

test("reads a commit whose mirror misses it once more, from a new mirror", async () => {
  const { readdir, rm } = await import("node:fs/promises")
  const { join } = await import("node:path")
  const { mirrorId } = await import("../../src/jobs/mirror-id.js")
  await using source = await linearHistory()
  const repository = await facts.register(source.path)
  await facts.index(repository)
  const { path } = (await facts.mirrors.open(mirrorId(repository)))!
  const blob = source.git("rev-parse", "main~5:src/a.ts")
  const objects = join(path, "objects")
  // Unpacks the mirror and takes one old file out of it: the tip is fine, its history is not.
  const pack = (await readdir(join(objects, "pack"))).find((name) => name.endsWith(".pack"))!
  const bytes = await (await import("node:fs/promises")).readFile(join(objects, "pack", pack))
  await rm(join(objects, "pack"), { recursive: true })
  const { execFileSync } = await import("node:child_process")
  execFileSync("git", ["--git-dir", path, "unpack-objects", "-q"], { input: bytes })
  await rm(join(objects, blob.slice(0, 2), blob.slice(2)))

  expect(await facts.index(repository, { full: true })).toMatchObject({ snapshot: 2, commits: 12 })
})

test("follows a default branch that was renamed, and a branch that was chosen", async () => {
  await using source = await linearHistory()
  const repository = await facts.register(source.path)
  await facts.index(repository)
  expect((await facts.reload(repository)).defaultBranch).toBe("main")

  source.git("branch", "-m", "main", "trunk")
  source.git("symbolic-ref", "HEAD", "refs/heads/trunk")
  expect(await facts.update(repository)).toMatchObject({ snapshot: 2, branch: "trunk", added: 0, removed: 0 })
  expect((await facts.reload(repository)).defaultBranch).toBe("trunk")

  source.git("branch", "older", "trunk~4")
  await facts.repositories.update(repository.id, { defaultBranch: "older" })
  expect(await facts.update(repository)).toMatchObject({
    snapshot: 3,
    branch: "older",
    commits: 8,
    added: 0,
    removed: 4,
  })
  await facts.repositories.update(repository.id, { defaultBranch: "trunk" })
  expect(await facts.update(repository)).toMatchObject({ snapshot: 4, branch: "trunk", commits: 12, added: 4 })
})

test("fails at once for a branch that is not there", async () => {
  await using source = await linearHistory()
  const repository = await facts.register(source.path, { branch: "nowhere" })

  const job = await facts.enqueue("index", repository)
  await expect(job.result()).rejects.toMatchObject({ code: "JOB_FAILED" })

  expect(await job.get()).toMatchObject({ attempts: 1, failure: { code: "GIT_NOT_FOUND" } })
})

test("labels people anew when the .mailmap changes, and leaves totals as they are", async () => {
  await using source = await createRepository()
  let from = source.commit({ author: "Ann <ann@home.example>", files: { a: lines(3) } })
  from = source.commit({ from, author: "Ann <ann@work.example>", files: { a: lines(5) } })
  source.write()
  const repository = await facts.register(source.path)
  await facts.index(repository)
  const before = (await facts.reload(repository)).snapshot!
  expect(before.totals.contributors).toBe(2)

  source.commit({
    from,
    author: "Ann <ann@work.example>",
    files: { ".mailmap": "Ann <ann@work.example> <ann@home.example>\n" },
  })
  source.write()
  await facts.update(repository)

  const { items } = await facts.statistics.contributors(repository, { limit: 10, offset: 0 })
  expect(items).toMatchObject([{ email: "ann@work.example", commits: 3, additions: 6 }])
  expect((await facts.reload(repository)).snapshot!.totals).toMatchObject({
    contributors: 1,
    additions: 6,
    deletions: 0,
  })
})

test("keeps apart repositories that share commits", async () => {
  await using source = await mergesAndRenames()
  const original = await facts.register(source.path)
  const fork = await facts.register(source.path, { tenant: "other" })
  await facts.index(original)
  await facts.index(fork)
  const before = await dumpFacts(facts.database, original)
  expect(await dumpFacts(facts.database, fork)).toEqual(before)

  await expect(
    facts.statistics.contributors({ id: fork.id, tenant: "default" }, { limit: 1, offset: 0 }),
  ).rejects.toMatchObject({
    code: "REPOSITORY_NOT_FOUND",
  })
  expect(await facts.remove(fork)).toEqual({ removed: true })
  expect(await dumpFacts(facts.database, original)).toEqual(before)
  expect(Object.values(await countRows(facts.database, fork)).every((count) => count === 0)).toBe(true)
})

test("reports its stages, with progress that ends at its total", async () => {
  await using source = await mergesAndRenames()
  const repository = await facts.register(source.path)
  const job = await facts.enqueue("index", repository)

  const stages: string[] = []
  const last = new Map<string, { done: number; total?: number; unit?: string }>()
  for await (const event of job.events()) {
    if (event.type === "job.stage") stages.push(event.data.stage!)
    if (event.type === "job.progress") last.set(stages.at(-1)!, event.data as never)
  }

  expect(stages).toEqual(["fetching", "reading history", "following lines", "reading files", "publishing"])
  for (const progress of last.values()) expect(progress.done).toBeLessThanOrEqual(progress.total ?? 0)
})

test("keeps the facts of the last ten snapshots, and no older ones", async () => {
  await using source = await createRepository()
  const repository = await facts.register(source.path)
  const rounds = 13
  for (let round = 1; round <= rounds; round++) {
    // Every round is a history of its own.
    source.commit({ ref: `refs/heads/round-${round}`, files: { [`file-${round}.txt`]: lines(round) } })
    source.write(`refs/heads/round-${round}`)
    await facts.repositories.update(repository.id, { defaultBranch: `round-${round}` })
    expect(await facts.index(repository)).toMatchObject({ snapshot: round, commits: 1, added: 1 })
  }
  // Those of the published snapshot, of nine before it, and of one that the next run clears away.
  const kept = 11
  expect(await countRows(facts.database, repository)).toMatchObject({
    ...{ snapshots: rounds, commits: kept, history_blocks: kept, files: kept, people: expect.any(Number) },
  })
  for (let round = rounds - 9; round <= rounds; round++) {
    const read = openSnapshotFacts(facts.database, {
      ...{ tenant: repository.tenant, repositoryId: repository.id },
      snapshot: { number: round, commit: "", branch: "", committedAt: undefined },
    })
    expect(await read.files()).toMatchObject([{ path: `file-${round}.txt`, lines: round }])
    const blocks = []
    for await (const block of read.history()) blocks.push(block)
    expect(blocks.reduce((sum, { commits }) => sum + commits.length, 0)).toBe(1)
  }
}, 120_000)
