import { expect, test } from "vitest"
import { createPathIds } from "../../src/facts/path-ids.js"
import { openFacts } from "../helpers/open-facts.js"

test("gives a path the same number again, whether it is remembered, forgotten, or was stored by an earlier job", async () => {
  await using facts = await openFacts()
  const { id: repositoryId } = await facts.register("/nowhere")
  const scope = {
    ...{ tenant: "default", repositoryId },
    transaction: facts.database.transaction.bind(facts.database),
  }
  const find = (ids: Awaited<ReturnType<typeof createPathIds>>, ...paths: string[]): Promise<(number | undefined)[]> =>
    scope.transaction(async (transaction) => {
      const found = await ids.find(transaction, new Set(paths))
      return paths.map((path) => found.get(path))
    })
  const long = "deep/".repeat(2000)
  const odd = ["größe/日本語.md", 'quo"te', "back\\slash", "{brace,}", "new\nline", "NULL", "", long, `${long}x`]

  const first = await createPathIds(scope, { mostKept: 3 })
  expect(await find(first, "a", "b")).toEqual([1, 2])
  expect(await find(first, "b", "c", ...odd)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  expect(await find(first, "c", "d", "a", ...odd.toReversed())).toEqual([3, 13, 1, 12, 11, 10, 9, 8, 7, 6, 5, 4])

  const second = await createPathIds(scope)
  expect(await find(second, ...odd, "e", "a")).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 1])
})
