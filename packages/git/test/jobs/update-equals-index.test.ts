import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { askGit } from "../helpers/ask-git.js"
import { createRepository } from "../helpers/create-repository.js"
import { dumpFacts } from "../helpers/dump-facts.js"
import { openFacts } from "../helpers/open-facts.js"
import type { Facts } from "../helpers/open-facts.js"
import { anyMove, playerOf } from "../helpers/play-history.js"
import type { Move } from "../helpers/play-history.js"

// `npm run properties` sets them, to look further than every run of the tests does.
const runs = Number(process.env["ASSAY_TEST_RUNS"] ?? 60)
const seed = Number(process.env["ASSAY_TEST_SEED"] ?? 1)
const path = process.env["ASSAY_TEST_PATH"]
const timeLimit = Number(process.env["ASSAY_TEST_MINUTES"] ?? 2) * 60_000
const asked = process.env["ASSAY_TEST_RUNS"] !== undefined

const anyBeginning = fc.array(anyMove, { minLength: 1, maxLength: 8 })
const anyRounds = fc.array(fc.array(anyMove, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 2 })

let facts: Facts
beforeAll(async () => {
  facts = await openFacts()
})
afterAll(() => facts[Symbol.asyncDispose]())

test(
  "has the same facts after updates as after a first index, whatever happened to the history",
  async () => {
    const startedAt = performance.now()
    let begun = 0
    if (path !== undefined) {
      // fast-check itself would go on from there with what is shorter, as long as it has time.
      const [history] = fc.sample(fc.tuple(anyBeginning, anyRounds), { seed, path, numRuns: 1 })
      return compareUpdates(...history!)
    }
    const property = fc.asyncProperty(anyBeginning, anyRounds, async (first, rounds) => {
      if (asked && ++begun % 50 === 0) console.info(`history ${begun}, after ${secondsSince(startedAt)} s`)
      await compareUpdates(first, rounds)
    })
    await fc.assert(property, {
      ...{ numRuns: runs, seed, interruptAfterTimeLimit: timeLimit },
      reporter(outcome) {
        // Fewer than were asked for are told, never taken for all of them.
        if (asked || outcome.interrupted) {
          console.info(`${outcome.numRuns} of ${runs} histories, seed ${seed}, ${secondsSince(startedAt)} s`)
        }
        if (outcome.failed) throw new Error(fc.defaultReportMessage(outcome), { cause: outcome.errorInstance })
      },
    })
  },
  2 * timeLimit,
)

/** Indexes a history, plays each round and updates after it; holds the outcome against a fresh index, and against git. */
async function compareUpdates(first: readonly Move[], rounds: readonly (readonly Move[])[]): Promise<void> {
  await using source = await createRepository()
  const play = playerOf(source)
  play([{ kind: "write", which: 0, size: 10, author: 0 }, ...first])
  const updated = await facts.register(source.path)
  await facts.index(updated)
  for (const round of rounds) {
    play(round)
    const fresh = await facts.register(source.path)
    await facts.update(updated)
    await facts.index(fresh)
    const dump = await dumpFacts(facts.database, updated)
    expect(dump).toEqual(await dumpFacts(facts.database, fresh))
    const { commit: _, committed_at: __, branch: ___, merge_commits: mergeCommits, ...totals } = dump.totals
    expect({ ...totals, mergeCommits }).toEqual(askGit(source, "main").totals)
    await facts.remove(fresh)
  }
  await facts.remove(updated)
}

function secondsSince(startedAt: number): string {
  return ((performance.now() - startedAt) / 1_000).toFixed(0)
}
