import { afterAll, beforeAll, expect, test } from "vitest"
import { lines } from "../helpers/create-repository.js"
import { dumpFacts } from "../helpers/dump-facts.js"
import { openFacts } from "../helpers/open-facts.js"
import type { Facts } from "../helpers/open-facts.js"
import { linearHistory } from "../helpers/scenarios.js"

let facts: Facts
beforeAll(async () => {
  facts = await openFacts()
})
afterAll(() => facts[Symbol.asyncDispose]())

test("reads only the new commits of a remote that went on", async () => {
  await using source = await linearHistory()
  const repository = await facts.register(source.path)
  await facts.index(repository)
  source.commit({ from: "refs/heads/main", files: { "src/a.ts": lines(20) } })
  source.write()
  expect(await facts.update(repository)).toMatchObject({ added: 1, removed: 0, commits: 13 })
})

test("takes out what a force-push removed, and in again what comes back", async () => {
  await using source = await linearHistory()
  const repository = await facts.register(source.path)
  await facts.index(repository)
  const before = await dumpFacts(facts.database, repository)
  const old = source.git("rev-parse", "main")

  source.git("update-ref", "refs/heads/main", "main~5")
  source.commit({ from: "refs/heads/main", files: { "other.ts": lines(3) } })
  source.write()
  expect(await facts.update(repository)).toMatchObject({ snapshot: 2, added: 1, removed: 5, commits: 8 })

  source.git("update-ref", "refs/heads/main", old)
  expect(await facts.update(repository)).toMatchObject({ snapshot: 3, added: 5, removed: 1, commits: 12 })
  expect(await dumpFacts(facts.database, repository)).toEqual(before)
})

test("starts anew when a force-push and the loss of the mirror come together", async () => {
  await using source = await linearHistory()
  const repository = await facts.register(source.path)
  await facts.index(repository)
  const { mirrorId } = await import("../../src/jobs/mirror-id.js")
  await facts.mirrors.remove(mirrorId(repository))
  source.git("update-ref", "refs/heads/main", "main~5")

  expect(await facts.update(repository)).toMatchObject({ snapshot: 2, commits: 7, added: 7, removed: 12 })

  const fresh = await facts.register(source.path)
  await facts.index(fresh)
  expect(await dumpFacts(facts.database, repository)).toEqual(await dumpFacts(facts.database, fresh))
})

test("answers for the published snapshot while the next one is being built", async () => {
  await using source = await linearHistory()
  const repository = await facts.register(source.path)
  await facts.index(repository)
  const page = { limit: 100, offset: 0 }
  const answers = async (): Promise<unknown> => [
    await facts.statistics.contributors(repository, page),
    await facts.statistics.files(repository, page),
    await facts.statistics.churn(repository, { ...page, days: 0 }),
    await facts.statistics.busFactor(repository, { threshold: 0.5, days: 0, exclude: false }),
    await facts.statistics.commitActivity(repository, { days: 30, now: new Date("2024-01-15") }),
    await facts.summary(repository),
  ]
  const before = await answers()
  source.git("update-ref", "refs/heads/main", "main~3")
  source.commit({
    from: "refs/heads/main",
    author: "New <new@example.org>",
    files: { "src/a.ts": lines(50), "big.ts": lines(99) },
  })
  source.write()

  const during: unknown[] = []
  facts.interfere((context) => ({
    transaction: async (work) => {
      const value = await context.transaction(work)
      during.push(await answers())
      return value
    },
  }))
  await facts.update(repository)
  facts.interfere(undefined)

  expect(during.length).toBeGreaterThan(10)
  for (const seen of during) expect(seen).toEqual(before)
  expect(await answers()).not.toEqual(before)
})

test("classifies files anew when a .gitattributes says something else of them, and only then", async () => {
  await using source = await linearHistory()
  const repository = await facts.register(source.path)
  await facts.index(repository)
  const write = async (content: string): Promise<number> => {
    source.commit({ from: "refs/heads/main", files: { "src/.gitattributes": content } })
    source.write()
    return (await facts.update(repository)).snapshot
  }
  const filesOf = async (snapshot: number): Promise<{ read: number; vendored: number }> => {
    const [row] = await facts.database.query<{ read: number; vendored: number }>(
      `select (count(*) filter (where added_in = $2))::int as read, (count(*) filter (where excluded = 'vendored'))::int as vendored
      from assay.files where repository_id = $1 and removed_in is null`,
      [repository.id, snapshot],
    )
    return row!
  }
  const { files } = await facts.update(repository)

  // The file with the rules is vendored itself, after linguist's lists.
  expect(await filesOf(await write("* text=auto\n"))).toEqual({ read: 1, vendored: 1 })
  const vendored = await filesOf(await write("*.ts linguist-vendored\n"))
  expect(vendored.read).toBe(files + 1)
  expect(vendored.vendored).toBeGreaterThan(1)
  expect(await filesOf(await write("*.ts linguist-vendored\n*.ts eol=lf\n"))).toEqual({ ...vendored, read: 1 })
})
