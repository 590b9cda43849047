import { afterAll, beforeAll, expect, test } from "vitest"
import { deleteRepository } from "../../src/index.js"
import { countRows, dumpFacts } from "../helpers/dump-facts.js"
import { openFacts } from "../helpers/open-facts.js"
import type { Facts } from "../helpers/open-facts.js"
import { linearHistory } from "../helpers/scenarios.js"

let facts: Facts
beforeAll(async () => {
  facts = await openFacts()
})
afterAll(() => facts[Symbol.asyncDispose]())

test("removes a repository that was never indexed, and is done at once with one that is gone", async () => {
  const repository = await facts.register("/nowhere/at/all")

  expect(await facts.remove(repository)).toEqual({ removed: true })
  expect(await facts.repositories.get(repository.id, "default")).toBeUndefined()
  expect(await facts.remove(repository)).toEqual({ removed: false })
})

test("cannot reach the repository of another tenant", async () => {
  const repository = await facts.register("/nowhere/at/all", { tenant: "other" })
  const { client } = facts.runtime
  const job = await client.enqueue(deleteRepository, { repositoryId: repository.id })
  expect(await job.result()).toEqual({ removed: false })
  expect(await facts.repositories.get(repository.id, "other")).toBeDefined()
})

test("shows nobody half a repository when it is cancelled, and an index makes it whole again", async () => {
  await using source = await linearHistory()
  const repository = await facts.register(source.path)
  await facts.index(repository)
  const before = await dumpFacts(facts.database, repository)
  const { client } = facts.runtime
  const job = await client.enqueue(deleteRepository, { repositoryId: repository.id })
  let transactions = 0
  facts.interfere((context) => ({
    transaction: async (work) => {
      const value = await context.transaction(work)
      if (++transactions === 4) await job.cancel()
      return value
    },
  }))
  await expect(job.result()).rejects.toMatchObject({ code: "JOB_CANCELLED" })
  facts.interfere(undefined)
  const page = { limit: 1, offset: 0 }
  await expect(facts.statistics.files(repository, page)).rejects.toMatchObject({ code: "SNAPSHOT_NOT_READY" })

  expect(await facts.index(repository)).toMatchObject({ snapshot: 2, commits: 12 })
  expect(await dumpFacts(facts.database, repository)).toEqual(before)
  expect(await facts.remove(repository)).toEqual({ removed: true })
  expect(Object.values(await countRows(facts.database, repository)).every((count) => count === 0)).toBe(true)
})
