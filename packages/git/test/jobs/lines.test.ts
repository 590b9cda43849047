import type { Repository } from "@assay/core"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { encodePath, openSnapshotFacts } from "../../src/index.js"
import type { LineLedger, SnapshotFacts } from "../../src/index.js"
import { createRepository, lines } from "../helpers/create-repository.js"
import type { TestRepository } from "../helpers/create-repository.js"
import { openFacts } from "../helpers/open-facts.js"
import type { Facts } from "../helpers/open-facts.js"
import { anyMove, playerOf } from "../helpers/play-history.js"
import { linearHistory, manyIdentities, mergesAndRenames, oddContents, oddFileNames } from "../helpers/scenarios.js"

let facts: Facts
beforeAll(async () => {
  facts = await openFacts()
})
afterAll(() => facts[Symbol.asyncDispose]())

async function open(repository: Repository): Promise<SnapshotFacts> {
  const { number, commit, branch } = (await facts.reload(repository)).snapshot!
  return openSnapshotFacts(facts.database, {
    ...{ tenant: repository.tenant, repositoryId: repository.id },
    snapshot: { number, commit, branch, committedAt: undefined },
  })
}

/** The commits in which the lines of each file were born, line by line. */
async function readBirths(repository: Repository): Promise<Record<string, string[]>> {
  const snapshot = await open(repository)
  const ledger = (await snapshot.lines())!
  const paths = await snapshot.paths()
  const rows = await facts.database.query<{ id: number; oid: string }>(
    "select id, encode(oid, 'hex') as oid from assay.commits where repository_id = $1",
    [repository.id],
  )
  const oids = new Map(rows.map(({ id, oid }) => [id, oid]))
  const births: Record<string, string[]> = {}
  for await (const files of snapshot.fileLines()) {
    for (const { pathId, born, count } of files) {
      births[paths.get(pathId)!] = Array.from(born).flatMap((position, at) =>
        new Array<string>(count[at]!).fill(oids.get(ledger.commits.id[position]!)!),
      )
    }
  }
  return births
}

/** What `git blame --first-parent` says of every text file. */
async function askBlame(source: TestRepository, repository: Repository): Promise<Record<string, string[]>> {
  const births: Record<string, string[]> = {}
  for (const { path, lines: count } of await (await open(repository)).files()) {
    const spelled = encodePath(path)
    // Arguments are text; a name that is none cannot be asked for.
    if (!count || !Buffer.from(spelled.toString("utf8")).equals(spelled)) continue
    const blame = ["blame", "--first-parent", "--line-porcelain", "main", "--", spelled.toString("utf8")]
    const said = source.gitBytes(...blame).toString("latin1")
    births[path] = Array.from(said.matchAll(/^([0-9a-f]{40,64}) \d+ \d+/gm), ([, oid]) => oid!)
  }
  return births
}

function aliveOf({ commits, deaths }: LineLedger): number {
  return commits.added.reduce((sum, count) => sum + count, 0) - deaths.count.reduce((sum, count) => sum + count, 0)
}

async function expectGitsAnswer(source: TestRepository, repository: Repository): Promise<void> {
  const blame = await askBlame(source, repository)
  const births = await readBirths(repository)
  expect(Object.fromEntries(Object.keys(blame).map((path) => [path, births[path]]))).toEqual(blame)
  const { snapshot } = await facts.reload(repository)
  const ledger = (await (await open(repository)).lines())!
  expect(aliveOf(ledger)).toBe(snapshot!.totals.lines)
  expect(ledger.commits.length).toBe(Number(source.git("rev-list", "--count", "--first-parent", "main")))
  expect([...ledger.commits.time]).toEqual([...ledger.commits.time].sort((one, other) => one - other))
}

const scenarios: [name: string, make: () => Promise<TestRepository>][] = [
  ["a linear history", linearHistory],
  ["a linear history with SHA-256", () => linearHistory({ objectFormat: "sha256" })],
  ["merges and renames", mergesAndRenames],
  ["odd file names", oddFileNames],
  ["odd contents", oddContents],
  ["many identities", manyIdentities],
]

describe.each(scenarios)("of %s", (_, make) => {
  test("every line was born where git blame says", async () => {
    await using source = await make()
    const repository = await facts.register(source.path)
    await facts.index(repository)
    await expectGitsAnswer(source, repository)
  })
})

test("follows lines through names that are swapped, contents that look like patches, and files that turn binary", async () => {
  await using source = await createRepository()
  const patchlike = "--- a/x\n+++ b/x\n@@ -1,2 +3,4 @@\ndiff --git a/x b/x\n\\ No newline\n=\n"
  const binary = Buffer.from([0, 10, 10, 1])
  let from = source.commit({ files: { a: lines(20, "a"), b: lines(20, "b"), odd: patchlike, turn: lines(4) } })
  from = source.commit({ from, files: { a: lines(20, "b"), b: lines(20, "a"), odd: `${patchlike}more`, turn: binary } })
  from = source.commit({ from, files: { odd: `no\n${patchlike}`, turn: lines(6, "again"), late: binary } })
  from = source.commit({ from, files: { odd: "1\n2", late: "text now\nno end" } })
  from = source.commit({ from, files: { odd: "1\n2\n", late: binary, turn: { content: "a", mode: "120000" } } })
  from = source.commit({ from, files: { turn: "back\n", odd: "1\r\n2\r\n", late: "text\n" } })
  source.commit({ from, files: { turn: { content: "back\n", mode: "100755" }, a: null } })
  source.write()
  const repository = await facts.register(source.path)
  await facts.index(repository)
  await expectGitsAnswer(source, repository)
})

test("agrees with git blame whatever happened to the history", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyMove, { minLength: 1, maxLength: 12 }), async (moves) => {
      await using source = await createRepository()
      playerOf(source)([{ kind: "write", which: 0, size: 10, author: 0 }, ...moves])
      const repository = await facts.register(source.path)
      await facts.index(repository)
      await expectGitsAnswer(source, repository)
      await facts.remove(repository)
    }),
    { numRuns: Number(process.env["ASSAY_TEST_RUNS"] ?? 10), interruptAfterTimeLimit: 60_000 },
  )
}, 120_000)
