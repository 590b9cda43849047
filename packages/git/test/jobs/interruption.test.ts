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
  facts = await openFacts()
})
afterAll(() => facts[Symbol.asyncDispose]())

const stages = ["fetching", "reading history", "reading files", "publishing"]

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
