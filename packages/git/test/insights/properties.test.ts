import fc from "fast-check"
import { expect, test } from "vitest"
import { openSnapshotFacts } from "../../src/facts/open-snapshot-facts.js"
import type { SnapshotFacts } from "../../src/facts/snapshot-facts.js"
import { insightDefinitions } from "../../src/insights/insight-definitions.js"
import { churn } from "../../src/insights/definitions/churn.js"
import { contributors } from "../../src/insights/definitions/contributors.js"
import { hotspots } from "../../src/insights/definitions/hotspots.js"
import { matchPaths } from "../../src/insights/path-pattern.js"
import { createRepository } from "../helpers/create-repository.js"
import { openFacts } from "../helpers/open-facts.js"
import { anyMove, playerOf } from "../helpers/play-history.js"
import { busyProject } from "./busy-project.js"
import { compute } from "./compute.js"
import { loadWithGit } from "./load-with-git.js"

const runs = { numRuns: 12 }

/** The facts of a history that moves make, without lines: what they are is tested elsewhere. */
async function factsOf(
  moves: Parameters<ReturnType<typeof playerOf>>[0],
  seed = 1,
): Promise<SnapshotFacts | undefined> {
  await using source = await createRepository()
  // A history that is thrown away is no other history.
  playerOf(source)(moves.filter(({ kind }) => kind !== "orphan"))
  if (!source.git("for-each-ref", "refs/heads/main")) return undefined
  const commit = source.git("rev-parse", "main")
  const order = <Item>(items: Item[]): Item[] =>
    items
      .map((item, at) => [Math.imul(at + 1, 2_654_435_761 * seed) >>> 0, item] as const)
      .sort(([one], [other]) => one - other)
      .map(([, item]) => item)
  const facts = loadWithGit(source, commit, { shuffle: order, blockSize: 1 + (seed % 5) })
  const kept = { people: await facts.people(), tags: await facts.tags(), files: await facts.files() }
  return {
    ...facts,
    lines: () => Promise.resolve(undefined),
    people: () => Promise.resolve(kept.people),
    tags: () => Promise.resolve(kept.tags),
    files: () => Promise.resolve(kept.files),
  }
}

test("the order of blocks, and of commits in them, changes nothing", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyMove, { minLength: 3, maxLength: 14 }),
      fc.integer({ min: 2, max: 99 }),
      async (moves, seed) => {
        const facts = await factsOf(moves)
        const shuffled = await factsOf(moves, seed)
        if (!facts || !shuffled) return
        for (const definition of Object.values(insightDefinitions)) {
          const parameters: Record<string, string> =
            definition.name === "coupling" ? { minRevs: "1", minShared: "1", minDegree: "1" } : {}
          expect(await compute(definition, shuffled, { parameters })).toEqual(
            await compute(definition, facts, { parameters }),
          )
        }
      },
    ),
    runs,
  )
}, 120_000)

test("the churn of all files adds up to that of all commits, in both views", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyMove, { minLength: 3, maxLength: 16 }), async (moves) => {
      const facts = await factsOf(moves)
      if (!facts) return
      for (const view of ["lineage", "exact"]) {
        const { values, rows } = await compute(churn, facts, { parameters: { by: "file", view } })
        for (const key of ["added", "deleted", "churn"]) {
          expect([view, key, rows.reduce((sum, row) => sum + Number(row[key]), 0)]).toEqual([view, key, values[key]])
        }
      }
    }),
    runs,
  )
}, 120_000)

test("another .mailmap re-labels people, and leaves totals as they are", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyMove, { minLength: 3, maxLength: 14 }), async (moves) => {
      const facts = await factsOf(moves)
      if (!facts) return
      const mixed = {
        ...facts,
        people: async () =>
          (await facts.people()).map((each, at, all) => ({
            ...each,
            personEmail: all[at % 2]!.personEmail,
            personId: all[at % 2]!.personId,
          })),
      }
      const parameters = { bots: "show" }
      const one = await compute(contributors, facts, { parameters })
      const other = await compute(contributors, mixed, { parameters })
      for (const key of ["commits", "merges", "commitsNonMerge", "emptyCommits"])
        expect(other.values[key]).toBe(one.values[key])
      for (const key of ["commits", "added", "deleted"]) {
        const sum = (rows: typeof one.rows): number => rows.reduce((total, row) => total + Number(row[key]), 0)
        expect(sum(other.rows)).toBe(sum(one.rows))
      }
    }),
    runs,
  )
}, 120_000)

test("leaving out an exclude never lowers a total", async () => {
  await using source = await busyProject()
  const facts = loadWithGit(source, source.git("rev-parse", "main"))
  const people = await facts.people()
  const files = await facts.files()
  const kept = {
    ...facts,
    people: () => Promise.resolve(people),
    files: () => Promise.resolve(files),
    lines: () => Promise.resolve(undefined),
  }
  const anyPattern = fc.constantFrom(
    "src",
    "*.ts",
    "lib/**",
    "**/index.ts",
    "vendor/",
    "src/*.ts",
    "?.ts",
    "größe",
    "evil.ts",
    "data.json",
  )
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(anyPattern, { minLength: 1, maxLength: 4 }), async (patterns) => {
      const all = { exclude: patterns.join(",") }
      const fewer = { exclude: patterns.slice(1).join(",") }
      const strict = (await compute(churn, kept, { parameters: all })).values
      const loose = (await compute(churn, kept, { parameters: fewer })).values
      for (const key of ["commits", "added", "deleted", "churn"])
        expect(Number(loose[key])).toBeGreaterThanOrEqual(Number(strict[key]))
      const hot = async (parameters: Record<string, string>): Promise<number> =>
        Number((await compute(hotspots, kept, { parameters })).values["files"])
      expect(await hot(fewer)).toBeGreaterThanOrEqual(await hot(all))
    }),
    runs,
  )
}, 60_000)

test("results of a repository do not depend on a fork of it in the same database", async () => {
  await using facts = await openFacts()
  await using source = await busyProject()
  const commit = source.git("rev-parse", "main")
  const committedAt = new Date(Number(source.git("log", "-1", "--format=%ct", "main")) * 1000)
  const snapshot = { number: 1, commit, branch: "main", committedAt }
  const original = await facts.register(source.path)
  await facts.index(original)
  const opened = (): SnapshotFacts =>
    openSnapshotFacts(facts.database, { tenant: original.tenant, repositoryId: original.id, snapshot })
  const before = await compute(insightDefinitions.summary, opened())
  const fork = await facts.register(source.path)
  await facts.index(fork)
  expect(await compute(insightDefinitions.summary, opened())).toEqual(before)
  await facts.remove(fork)
  expect(await compute(insightDefinitions.summary, opened())).toEqual(before)
})

test.each([
  ["src", "src/a.ts", true],
  ["src", "source/a.ts", false],
  ["src/", "src/deep/er.ts", true],
  ["*.ts", "src/deep/er.ts", true],
  ["src/*.ts", "src/deep/er.ts", false],
  ["src/**/er.ts", "src/er.ts", true],
  ["**/test", "packages/a/test/b.ts", true],
  ["?.ts", "ab.ts", false],
  ["a\\*b", "a*b", true],
  ["a\\*b", "axb", false],
  ["", "a", false],
])("the pattern %s on %s", (pattern, path, expected) => expect(matchPaths([pattern])(path)).toBe(expected))

test("a pattern made to take long takes no time", () => {
  const started = performance.now()
  expect(matchPaths([`${"*a".repeat(400)}b`, `${"**/".repeat(300)}x`])("a/".repeat(1500) + "a".repeat(1000))).toBe(
    false,
  )
  expect(performance.now() - started).toBeLessThan(2_000)
})
