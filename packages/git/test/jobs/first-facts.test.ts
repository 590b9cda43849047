import { afterAll, beforeAll, expect, test } from "vitest"
import { openFirstFacts, openSnapshotFacts } from "../../src/index.js"
import type { HistoryBlock, TagFacts } from "../../src/index.js"
import { createRepository, lines } from "../helpers/create-repository.js"
import { openFacts } from "../helpers/open-facts.js"
import type { Facts } from "../helpers/open-facts.js"
import { manyIdentities } from "../helpers/scenarios.js"

let facts: Facts
beforeAll(async () => {
  facts = await openFacts()
})
afterAll(() => facts[Symbol.asyncDispose]())

test("people and times can be read while the changes are still being read", async () => {
  await using source = await manyIdentities()
  const repository = await facts.register(source.path)
  const seen: { commits: number; changes: number; people: string[] }[] = []
  facts.interfere((context) => ({
    transaction: async (work) => {
      const value = await context.transaction(work)
      const first = await openFirstFacts(facts.database, { tenant: "default", repositoryId: repository.id })
      if (first) {
        const blocks: HistoryBlock[] = []
        for await (const block of first.history()) blocks.push(block)
        expect(first.snapshot).toMatchObject({ number: 1, branch: "main", commit: source.git("rev-parse", "main") })
        seen.push({
          commits: blocks.reduce((sum, { commits }) => sum + commits.length, 0),
          changes: blocks.reduce((sum, { changes }) => sum + changes.length, 0),
          people: (await first.people()).map(({ personEmail }) => personEmail),
        })
      }
      return value
    },
  }))
  await facts.index(repository)
  facts.interfere(undefined)

  const emails = ["bob@example.org", "bob@example.org", "bob@example.org", "nameless@example.org"]
  expect(seen.length).toBeGreaterThan(2)
  for (const { commits, changes, people } of seen) {
    expect({ commits, changes }).toEqual({ commits: 6, changes: 0 })
    expect(people).toEqual(expect.arrayContaining([...emails, "ann@example.org", "eve@example.org"]))
  }
  expect(await openFirstFacts(facts.database, { tenant: "default", repositoryId: repository.id })).toBeUndefined()
})

test("names tags of the branch, and counts what came since the release before", async () => {
  await using source = await createRepository()
  const author = "Bob <bob@example.org>"
  let main = source.commit({ files: { a: lines(1) } })
  source.tag("v1.0", main)
  const side = source.commit({ ref: "refs/heads/side", from: main, author, files: { b: lines(1) } })
  main = source.commit({ from: main, files: { a: lines(2) } })
  main = source.commit({ from: main, merge: [side], files: { b: lines(1) } })
  source.tag("v1.1", main, { message: "second" })
  source.tag("nightly", main)
  const stray = source.commit({ ref: "refs/heads/stray", from: main, files: { c: lines(1) } })
  source.tag("v9.0", stray)
  source.write()
  const repository = await facts.register(source.path)
  await facts.index(repository)
  const read = async (): Promise<TagFacts[]> => {
    const { number, commit, branch } = (await facts.reload(repository)).snapshot!
    const snapshot = { number, commit, branch, committedAt: undefined }
    const of = { tenant: repository.tenant, repositoryId: repository.id, snapshot }
    return [...(await openSnapshotFacts(facts.database, of).tags())]
  }
  const before = await read()
  expect(before.map(({ name, since }) => [name, since?.commits, since?.authorIds.length])).toEqual([
    ["v1.0", 1, 1],
    ["nightly", undefined, undefined],
    ["v1.1", 2, 2],
  ])
  expect(before[2]!.commit).toBe(source.git("rev-parse", "v1.1^{commit}"))

  for (let version = 2; version < 18; version++) {
    main = source.commit({ from: main, author, files: { a: lines(version + 1) } })
    source.tag(`v${version}.0`, main)
  }
  source.write()
  await facts.update(repository)
  const after = await read()
  expect(after.slice(0, 3)).toEqual(before)
  expect(after).toHaveLength(19)
  for (const { since } of after.slice(3)) expect(since).toMatchObject({ commits: 1 })

  // Whoever pushes, moves or deletes a tag adds no commit.
  source.tag("v18.0", main)
  source.write()
  expect(await facts.update(repository)).toMatchObject({ unchanged: false, added: 0, removed: 0 })
  expect((await read()).map(({ name }) => name)).toEqual([...after.map(({ name }) => name), "v18.0"])
  source.tag("v18.0", stray)
  source.write()
  expect(await facts.update(repository)).toMatchObject({ unchanged: false })
  expect(await read()).toEqual(after)
  expect(await facts.update(repository)).toMatchObject({ unchanged: true })
})
