import { expect, test } from "vitest"
import { goodText } from "./helpers/answers.js"
import { createTestDatabase } from "./helpers/create-test-database.js"
import { openBench } from "./helpers/open-bench.js"

test("PostgreSQL and PGlite keep the same of an analysis", async () => {
  await using server = await createTestDatabase()
  const told = await Promise.all(
    [{ databaseUrl: server.url }, {}].map(async (options) => {
      await using bench = await openBench({
        ...options,
        fake: { answers: [{ text: goodText.replace("Two", "\\u0000👩 Two") }] },
      })
      const id = await bench.ask({ question: "Why? 👩‍👩‍👧" })
      const { metadata: _metadata, project_id: _id, potpie_project_id: _project, ...result } = await bench.result(id)
      const found = (await bench.analyses.find(id, "default"))!
      const { answer, question, state, commit, raw, failure } = found
      const { processingTimeMs, ...kept } = answer!
      expect(processingTimeMs).toBeGreaterThan(0)
      expect(found.finishedAt!.getTime()).toBeGreaterThanOrEqual(found.createdAt.getTime())
      return {
        result,
        kept,
        question,
        state,
        commit,
        raw,
        failure,
        snippets: await bench.analyses.snippets(id, "default"),
      }
    }),
  )
  expect(told[0]).toEqual(told[1])
  expect(told[0]).toMatchObject({ state: "finished", question: "Why? 👩‍👩‍👧", kept: { snippetsCount: 4 } })
})

test("a crash on PostgreSQL bills nothing twice, and what it interrupted is told", async () => {
  await using server = await createTestDatabase()
  await using bench = await openBench({
    databaseUrl: server.url,
    leaseMs: 400,
    fake: { answers: [{ text: goodText }, { text: goodText }] },
  })
  bench.interfere(() => ({ commit: () => bench.die() }))
  expect(await bench.result(await bench.ask({ repo: "acme/one" }))).toMatchObject({ snippets_count: 4 })
  expect(bench.fake.billed).toBe(1)

  bench.at.afterAsk = () => bench.die()
  expect(await bench.ended(await bench.ask({ repo: "acme/two" }))).toMatchObject({
    failure: { code: "ANALYSIS_UNCERTAIN" },
  })
  expect(bench.fake.billed).toBe(2)
})
