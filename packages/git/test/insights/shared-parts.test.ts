import type { Json } from "@assay/core"
import { afterAll, beforeAll, expect, test } from "vitest"
import type { SnapshotFacts } from "../../src/facts/snapshot-facts.js"
import { createFactsCache } from "../../src/insights/facts-cache.js"
import { insightDefinitions } from "../../src/insights/insight-definitions.js"
import { loadFacts } from "../../src/insights/loaded-facts.js"
import type { TestRepository } from "../helpers/create-repository.js"
import { busyProject } from "./busy-project.js"
import { compute } from "./compute.js"
import { loadWithGit } from "./load-with-git.js"

let source: TestRepository
let facts: SnapshotFacts
beforeAll(async () => {
  source = await busyProject()
  const all = loadWithGit(source, source.git("rev-parse", "main"))
  const files = await all.files()
  const people = await all.people()
  const lines = await all.lines()
  facts = {
    ...all,
    files: () => Promise.resolve(files),
    people: () => Promise.resolve(people),
    lines: () => Promise.resolve(lines),
  }
})
afterAll(() => source[Symbol.asyncDispose]())

const questions: Record<string, string>[] = [
  {},
  { bots: "only" },
  { bots: "hide" },
  { bots: "show" },
  { view: "exact" },
  { view: "lineage" },
  { view: "exact", bots: "hide" },
  { since: "2023-02-03" },
  { now: "2023-03-01" },
  { path: "src" },
  { ignoreCommits: "0000000" },
  { tz: "Asia/Tokyo" },
]

test("an answer is the same, whatever was asked of the same facts before", async () => {
  const held = loadFacts(facts)
  for (const order of [questions, [...questions].reverse()]) {
    for (const parameters of order) {
      for (const definition of Object.values(insightDefinitions)) {
        if (!Object.keys(parameters).every((key) => Object.hasOwn(definition.takes, key))) continue
        const asked = [definition.name, parameters]
        const fresh = await compute(definition, facts, { parameters })
        expect([...asked, await compute(definition, facts, { parameters, held })]).toEqual([...asked, fresh])
      }
    }
  }
}, 120_000)

test("rules of other operators about people are not mixed up", async () => {
  const held = loadFacts(facts)
  const peopleOf = async (aliases?: string): Promise<Json | undefined> =>
    (await compute(insightDefinitions.contributors, facts, { rules: { aliases }, held })).values["contributors"]
  const plain = await peopleOf()
  expect(await peopleOf("Cleo <cleo@example.org> <cleo@elsewhere.net>")).toBe(Number(plain) - 1)
  expect(await peopleOf()).toBe(plain)
})

test("what was computed is let go before what was read, and what was asked for longest ago before the rest", async () => {
  let read = 0
  const counted: SnapshotFacts = { ...facts, history: () => (read++, facts.history()) }
  const ask = async (mostBytes: number): Promise<void> => {
    const cache = createFactsCache(mostBytes)
    const held = cache.open("1", () => counted)
    await compute(insightDefinitions.hotspots, facts, { held })
    cache.trim()
    expect(held.shared.bytes()).toBe(0)
    await compute(insightDefinitions.hotspots, facts, { held: cache.open("1", () => counted) })
  }
  const whole = loadFacts(facts)
  await compute(insightDefinitions.hotspots, facts, { held: whole })
  const shared = whole.shared.bytes()
  expect(shared).toBeGreaterThan(0)
  const rest = whole.bytes() - shared
  await ask(rest)
  expect(read).toBe(1)
  await ask(rest - 1)
  expect(read).toBe(3)
})

test("a part that cannot be computed is computed again for the next", async () => {
  let tries = 0
  const held = loadFacts({
    ...facts,
    people: () => (++tries === 1 ? Promise.reject(new Error("the database is away")) : facts.people()),
  })
  await expect(compute(insightDefinitions.contributors, facts, { held })).rejects.toThrow("away")
  const { values } = await compute(insightDefinitions.contributors, facts, { held })
  expect(values).toEqual((await compute(insightDefinitions.contributors, facts)).values)
})
