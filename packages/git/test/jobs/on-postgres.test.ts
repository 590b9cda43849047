import type { Repository } from "@assay/core"
import { expect, test } from "vitest"
import { lines } from "../helpers/create-repository.js"
import { createTestDatabase } from "../helpers/create-test-database.js"
import { countRows, dumpFacts } from "../helpers/dump-facts.js"
import type { Dump } from "../helpers/dump-facts.js"
import { openFacts } from "../helpers/open-facts.js"
import type { Facts } from "../helpers/open-facts.js"
import { manyIdentities, mergesAndRenames, oddContents, oddFileNames } from "../helpers/scenarios.js"

test.each([
  ["merges and renames", mergesAndRenames],
  ["odd file names", oddFileNames],
  ["odd contents", oddContents],
  ["many identities", manyIdentities],
])(
  "PostgreSQL and PGlite hold, and answer, the same about %s",
  async (_, make) => {
    await using source = await make()
    await using server = await createTestDatabase()
    await using onServer = await openFacts({ databaseUrl: server.url })
    await using embedded = await openFacts()
    const pairs: [Facts, Repository][] = [
      [onServer, await onServer.register(source.path)],
      [embedded, await embedded.register(source.path)],
    ]
    const both = <Value>(ask: (facts: Facts, repository: Repository) => Promise<Value>): Promise<Value[]> =>
      Promise.all(pairs.map(([facts, repository]) => ask(facts, repository)))
    async function expectSame(): Promise<void> {
      const [first, second] = await both<[Dump, unknown[]]>(async (facts, repository) => [
        await dumpFacts(facts.database, repository),
        await answersOf(facts, repository),
      ])
      expect(first).toEqual(second)
    }

    await both((facts, repository) => facts.index(repository))
    await expectSame()
    source.git("update-ref", "refs/heads/main", "main~1")
    source.commit({ from: "refs/heads/main", author: "New <new@example.org>", files: { "new.ts": lines(9) } })
    source.write()
    await both((facts, repository) => facts.update(repository))
    await expectSame()
    await both((facts, repository) => facts.index(repository, { full: true }))
    await expectSame()
    for (const [facts, repository] of pairs) {
      expect(await facts.remove(repository)).toEqual({ removed: true })
      expect(Object.values(await countRows(facts.database, repository)).every((count) => count === 0)).toBe(true)
    }
  },
  120_000,
)

async function answersOf({ statistics, summary }: Facts, repository: Repository): Promise<unknown[]> {
  const page = { limit: 100, offset: 0 }
  // Numbers are given out in the order in which blocks of the history happen to be done.
  const unnumbered = <Item extends { id: number }>({ items }: { items: readonly Item[] }): Omit<Item, "id">[] =>
    items.map(({ id: _, ...item }) => item)
  return [
    unnumbered(await statistics.contributors(repository, page)),
    unnumbered(await statistics.files(repository, page)),
    await statistics.churn(repository, { ...page, days: 0 }),
    await statistics.churn(repository, { ...page, days: 30 }),
    await statistics.busFactor(repository, { threshold: 0.7, days: 0, exclude: false }),
    await statistics.commitActivity(repository, { days: 40, now: new Date("2024-01-20") }),
    { ...(await summary(repository)), topContributors: [] },
  ]
}
