import { expect, test } from "vitest"
import { createInsightPreparer, createInsightReader } from "../../src/index.js"
import type { InsightPreparer } from "../../src/index.js"
import { openFacts } from "../helpers/open-facts.js"
import type { Facts } from "../helpers/open-facts.js"
import { mergesAndRenames } from "../helpers/scenarios.js"

/** Answers only what is kept: there is nothing that it could compute from. */
function readerOfKept({ database, repositories }: Facts): ReturnType<typeof createInsightReader> {
  const never = (): never => {
    throw new Error("it was not kept")
  }
  return createInsightReader({ database, repositories, facts: { open: never, openFirst: never } })
}

test("after an index, and after an update, nobody has to wait for the default answers", async () => {
  await using source = await mergesAndRenames()
  const told: InsightPreparer[] = []
  await using facts = await openFacts({ onPublished: (repository) => told[0]!.add(repository) })
  const preparer = createInsightPreparer({ reader: createInsightReader(facts) })
  told.push(preparer)
  const repository = await facts.register(source.path)
  const kept = readerOfKept(facts)
  const computed = createInsightReader(facts)

  for (const run of [() => facts.index(repository), () => facts.update(repository)]) {
    await run()
    await preparer.idle()
    for (const { name } of kept.descriptions) {
      expect(await kept.read(repository, name)).toEqual(await computed.read(repository, name))
    }
    await expect(kept.read(repository, "churn", { parameters: { since: "1d" } })).rejects.toThrow("it was not kept")
    source.commit({ from: "refs/heads/main", files: { "new.ts": "new\n" } })
    source.write()
  }
})

test("a repository that goes meanwhile, and a preparer that has stopped, harm nobody", async () => {
  await using source = await mergesAndRenames()
  await using facts = await openFacts()
  const repository = await facts.register(source.path)
  await facts.index(repository)
  const preparer = createInsightPreparer({ reader: createInsightReader(facts) })
  preparer.add({ id: repository.id + 1, tenant: repository.tenant })
  preparer.add(repository)
  await preparer.idle()
  await readerOfKept(facts).read(repository, "summary")

  await facts.database.query("delete from assay.insights")
  await preparer.stop()
  preparer.add(repository)
  await preparer.idle()
  await expect(readerOfKept(facts).read(repository, "summary")).rejects.toThrow("it was not kept")
})
