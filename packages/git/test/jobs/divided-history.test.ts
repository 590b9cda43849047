import { expect, test } from "vitest"
import { createRepository, lines } from "../helpers/create-repository.js"
import type { TestRepository } from "../helpers/create-repository.js"
import { askGit } from "../helpers/ask-git.js"
import { dumpFacts } from "../helpers/dump-facts.js"
import { openFacts } from "../helpers/open-facts.js"

/** Enough commits for many blocks, with a merge in each of them. */
async function longHistory(): Promise<TestRepository> {
  const source = await createRepository()
  let main = source.commit({ files: { "start.txt": lines(3) } })
  for (let round = 0; round < 60; round++) {
    const author = `Dev ${round % 7} <dev${round % 7}@example.org>`
    const side = source.commit({
      ref: "refs/heads/side",
      from: main,
      author,
      files: { [`side/${round % 9}.ts`]: lines(round) },
    })
    const next = source.commit({ from: main, author, files: { [`main/${round % 11}.ts`]: lines(round * 2, "m") } })
    main = source.commit({ from: next, merge: [side], files: { [`side/${round % 9}.ts`]: lines(round) } })
    main = source.commit({ from: main, author, renames: { [`main/${round % 11}.ts`]: `moved/${round}.ts` } })
  }
  source.write()
  return source
}

test("finds the same facts however many processes read the history, in whatever order they are done", async () => {
  await using source = await longHistory()
  const dumps = []
  for (const children of [1, 2, 4]) {
    await using facts = await openFacts({ children })
    const repository = await facts.register(source.path)
    await facts.index(repository)
    dumps.push(await dumpFacts(facts.database, repository))
  }
  const [first, ...others] = dumps
  for (const dump of others) expect(dump).toEqual(first)
  const { additions, deletions, commits } = askGit(source, "main").totals
  expect(first!.totals).toMatchObject({ additions, deletions, commits })

  const sum = (rows: Record<string, unknown>[], column: string): number =>
    rows.reduce((total, row) => total + Number(row[column] ?? 0), 0)
  expect(sum(first!.changes, "added")).toBe(additions)
  expect(sum(first!.changes, "deleted")).toBe(deletions)
  expect(sum(first!.contributors, "additions")).toBe(additions)
}, 60_000)

/** As a maintainer leaves it who merges the topics of a week one after the other. */
test("reads histories that hold a block of nothing but merges, whole and as an update", async () => {
  await using source = await createRepository()
  const topics = []
  let main = source.commit({ files: { start: lines(1) } })
  for (let topic = 0; topic < 120; topic++) {
    const files = { [`topic/${topic}`]: lines(3) }
    topics.push(source.commit({ ref: `refs/heads/topic-${topic}`, from: main, files }))
  }
  source.write()
  await using facts = await openFacts()
  const updated = await facts.register(source.path, { tenant: "updated" })
  await facts.index(updated)
  for (const topic of topics) {
    main = source.commit({ from: main, merge: [topic], files: { [`topic/${topics.indexOf(topic)}`]: lines(3) } })
  }
  source.write()
  await facts.update(updated)

  const anew = await facts.register(source.path, { tenant: "anew" })
  await facts.index(anew)
  const dump = await dumpFacts(facts.database, updated)
  const { mergeCommits, ...totals } = askGit(source, "main").totals
  expect(dump.totals).toMatchObject({ ...totals, merge_commits: mergeCommits })
  expect(mergeCommits).toBe(120)
  expect(await dumpFacts(facts.database, anew)).toEqual(dump)
}, 60_000)
