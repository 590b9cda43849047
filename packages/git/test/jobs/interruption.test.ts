import type { HandlerContext } from "@assay/core"
import { AssayError } from "@assay/core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { lines } from "../helpers/create-repository.js"
import type { TestRepository } from "../helpers/create-repository.js"
import { countRows, dumpFacts } from "../helpers/dump-facts.js"
import { openFacts } from "../helpers/open-facts.js"
import type { Facts, Interference } from "../helpers/open-facts.js"
import { mergesAndRenames } from "../helpers/scenarios.js"
import { createSignal } from "../helpers/signal.js"

let facts: Facts
beforeAll(async () => {
  // Often enough for attempts to end between two of them.
  facts = await openFacts({ ledgerCheckpoint: 2 })
})
afterAll(() => facts[Symbol.asyncDispose]())

const stages = ["fetching", "reading history", "following lines", "reading files", "publishing"]

/** Something new at the remote: commits are gone, others are new, a file is renamed. */
function rewrite(source: TestRepository): void {
  source.git("update-ref", "refs/heads/main", "main~2")
  source.commit({
    from: "refs/heads/main",
    author: "New <new@example.org>",
    files: { "new.txt": lines(7), "dir/c.txt": null },
  })
  source.write()
}

/** Calls `event` at the beginning of a stage. */
const atStage =
  (name: string, event: () => unknown): Interference =>
  (context) => ({
    stage: async (stage) => {
      await context.stage(stage)
      if (stage === name) await event()
    },
  })

/** Ends the attempt for good instead of its transaction number `last`, counted from 1, or its commit. */
function breakAt(last: number): { interference: Interference; happened: () => boolean } {
  let count = 0
  const next = (): void => {
    if (++count === last) throw new AssayError("INTERNAL", "The test ends the attempt here.")
  }
  const interference: Interference = (context: HandlerContext<never, never>) => ({
    transaction: async (work) => {
      next()
      return context.transaction(work)
    },
    commit: (work) =>
      context.commit(async (transaction) => {
        const result = await work(transaction)
        next()
        return result as never
      }),
  })
  return { interference, happened: () => count >= last }
}

test("leaves readers with the old snapshot and nothing behind, wherever an attempt ends", async () => {
  await using source = await mergesAndRenames()
  const repository = await facts.register(source.path)
  await facts.index(repository)
  const before = await dumpFacts(facts.database, repository)
  rewrite(source)
  const undisturbed = await facts.register(source.path)
  await facts.index(undisturbed)

  let attempts = 0
  for (;;) {
    const { interference, happened } = breakAt(++attempts)
    facts.interfere(interference)
    const outcome = await facts.update(repository).catch((error: unknown) => error)
    facts.interfere(undefined)
    if (!happened()) break
    expect(outcome).toMatchObject({ code: "JOB_FAILED" })
    expect(await dumpFacts(facts.database, repository)).toEqual(before)
  }

  expect(attempts).toBeGreaterThan(15)
  expect(await dumpFacts(facts.database, repository)).toEqual(await dumpFacts(facts.database, undisturbed))
  expect(await countRows(facts.database, repository)).toMatchObject({ snapshots: 2 })
}, 120_000)

test("does not read again what an attempt had read, unless the remote has moved on", async () => {
  await using source = await mergesAndRenames()
  const repository = await facts.register(source.path)
  const fail = atStage("reading files", () => {
    throw new AssayError("INTERNAL", "The test ends the attempt here.")
  })
  // Where a row lies, and which transaction wrote it: another place, or transaction, is another row.
  const rows = (): Promise<unknown[]> =>
    facts.database.query(
      "select encode(oid, 'hex') as oid, ctid::text as place, xmin::text from assay.commits where repository_id = $1 order by 1",
      [repository.id],
    )
  facts.interfere(fail)
  await expect(facts.index(repository)).rejects.toMatchObject({ code: "JOB_FAILED" })
  const written = await rows()
  expect(written).toHaveLength(11)
  await expect(facts.index(repository)).rejects.toMatchObject({ code: "JOB_FAILED" })
  expect(await rows()).toEqual(written)

  rewrite(source)
  await expect(facts.index(repository)).rejects.toMatchObject({ code: "JOB_FAILED" })
  const rewritten = await rows()
  expect(rewritten).toHaveLength(10)
  facts.interfere(undefined)
  expect(await facts.index(repository)).toMatchObject({ snapshot: 1, commits: 10, added: 10 })
  expect(await rows()).toEqual(rewritten)

  const undisturbed = await facts.register(source.path)
  await facts.index(undisturbed)
  expect(await dumpFacts(facts.database, repository)).toEqual(await dumpFacts(facts.database, undisturbed))
})

test("builds a full index upon nothing that an interrupted update left, and the other way round", async () => {
  await using source = await mergesAndRenames()
  const repository = await facts.register(source.path)
  await facts.index(repository)
  rewrite(source)
  const undisturbed = await facts.register(source.path)
  await facts.index(undisturbed)
  const fail = atStage("publishing", () => {
    throw new AssayError("INTERNAL", "The test ends the attempt here.")
  })
  for (const full of [false, true, true, false, false]) {
    facts.interfere(fail)
    await expect(facts.index(repository, { full })).rejects.toMatchObject({ code: "JOB_FAILED" })
  }
  facts.interfere(undefined)
  expect(await facts.index(repository, { full: true })).toMatchObject({ snapshot: 2, added: 10 })
  expect(await dumpFacts(facts.database, repository)).toEqual(await dumpFacts(facts.database, undisturbed))
})

test("goes on counting lines where an attempt was killed", async () => {
  await using source = await mergesAndRenames()
  const repository = await facts.register(source.path)
  const ledger = (): Promise<Record<string, unknown>[]> =>
    facts.database.query(
      "select first_position, commits, xmin::text from assay.ledger_blocks where repository_id = $1 order by first_position",
      [repository.id],
    )
  const reached = createSignal()
  facts.interfere((context) => ({
    transaction: async (work) => {
      const value = await context.transaction(work)
      const [{ count } = { count: 0 }] = await facts.database.query<{ count: number }>(
        "select count(*)::int as count from assay.ledger_blocks where repository_id = $1",
        [repository.id],
      )
      // Holds the attempt up for as long as it lives, right after the first stretch was written.
      if (count > 0) {
        reached.resolve()
        await new Promise((_, reject) => context.signal.addEventListener("abort", () => reject(context.signal.reason)))
      }
      return value
    },
  }))
  const job = await facts.enqueue("index", repository)
  await reached.promise
  const written = await ledger()
  expect(written.length).toBeGreaterThan(0)
  facts.interfere(undefined)

  await facts.restart()
  expect(await facts.runtime.client.job(job.id).result()).toMatchObject({ snapshot: 1, commits: 11 })

  expect((await ledger()).slice(0, written.length)).toEqual(written)
  const undisturbed = await facts.register(source.path)
  await facts.index(undisturbed)
  expect(await dumpFacts(facts.database, repository)).toEqual(await dumpFacts(facts.database, undisturbed))
})

describe.each(stages)("when the worker stops while %s", (stage) => {
  test("the next one completes the first index", async () => {
    await using source = await mergesAndRenames()
    const repository = await facts.register(source.path)
    const reached = createSignal()
    facts.interfere(atStage(stage, () => reached.resolve()))
    const job = await facts.enqueue("index", repository)
    await reached.promise
    facts.interfere(undefined)

    await facts.restart()

    expect(await facts.runtime.client.job(job.id).result()).toMatchObject({ snapshot: 1, commits: 11 })
    const undisturbed = await facts.register(source.path)
    await facts.index(undisturbed)
    expect(await dumpFacts(facts.database, repository)).toEqual(await dumpFacts(facts.database, undisturbed))
    expect(await countRows(facts.database, repository)).toEqual(await countRows(facts.database, undisturbed))
  })
})

describe.each(stages)("when an update is cancelled while %s", (stage) => {
  test("readers keep what they have, and the next update completes", async () => {
    await using source = await mergesAndRenames()
    const repository = await facts.register(source.path)
    await facts.index(repository)
    const before = await dumpFacts(facts.database, repository)
    rewrite(source)
    const job = await facts.enqueue("update", repository)
    facts.interfere(atStage(stage, () => job.cancel()))

    await expect(job.result()).rejects.toMatchObject({ code: "JOB_CANCELLED" })
    facts.interfere(undefined)

    expect(await dumpFacts(facts.database, repository)).toEqual(before)
    expect(await facts.update(repository)).toMatchObject({ snapshot: 2, added: 1, removed: 2 })
  })
})

describe.each(stages)("when a repository is deleted while %s", (stage) => {
  test("the index is cancelled and everything goes", async () => {
    await using source = await mergesAndRenames()
    const repository = await facts.register(source.path)
    const deletion = createSignal<unknown>()
    facts.interfere(
      atStage(stage, () => {
        facts.interfere(undefined)
        deletion.resolve(facts.remove(repository))
      }),
    )
    const job = await facts.enqueue("index", repository)

    expect(await deletion.promise).toEqual({ removed: true })
    expect((await job.get()).state).toBe("cancelled")
    expect(await facts.repositories.get(repository.id, repository.tenant)).toBeUndefined()
    expect(Object.values(await countRows(facts.database, repository)).every((count) => count === 0)).toBe(true)
    const { mirrorId } = await import("../../src/jobs/mirror-id.js")
    expect(await facts.mirrors.open(mirrorId(repository))).toBeUndefined()
  })
})
