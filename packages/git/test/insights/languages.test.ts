import type { Insight, Repository } from "@assay/core"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createInsightReader } from "../../src/index.js"
import { createRepository } from "../helpers/create-repository.js"
import type { TestRepository } from "../helpers/create-repository.js"
import { openFacts } from "../helpers/open-facts.js"
import type { Facts } from "../helpers/open-facts.js"

let facts: Facts
let source: TestRepository
let repository: Repository
beforeAll(async () => {
  facts = await openFacts()
  source = await createRepository()
  source.commit({
    files: {
      ".gitattributes": "*.conf linguist-detectable linguist-language=INI\nmade.py linguist-generated\n",
      "a.ts": "export const a = 1\n",
      "b.tsx": "export const b = <p>b</p>\n",
      "types.d.ts": "export declare const a: number\n",
      "x.h": "class X {};\n",
      "y.h": "int y(void);\n",
      "vendor/z.c": "int z;\n",
      "app.conf": "a = 1\n",
      "docs/conf.py": "a = 1\n",
      "made.py": "a = 1\n",
      "bundle.js": `${"x".repeat(500)}\n`,
      "data.json": "{}\n",
      "notes.asdf": "nothing tells\n",
    },
  })
  source.write()
  repository = await facts.register(source.path)
  await facts.index(repository)
})
afterAll(async () => {
  await facts[Symbol.asyncDispose]()
  await source[Symbol.asyncDispose]()
})

const read = (name: "languages" | "files"): Promise<Insight> =>
  createInsightReader({ database: facts.database, repositories: facts.repositories }).read(repository, name, {
    limit: "all",
  })

test("languages are counted in bytes, with their colours, those that are part of another as that other", async () => {
  const { rows, values, exclusions } = await read("languages")

  expect(rows).toMatchObject([
    { language: "TypeScript", color: "#3178c6", bytes: 45, files: 2, lines: 2 },
    { language: "C", color: "#555555", bytes: 13, files: 1 },
    { language: "C++", color: "#f34b7d", bytes: 12, files: 1 },
    { language: "INI", color: "#d1dbe0", bytes: 6, files: 1 },
  ])
  expect(values).toEqual({ languages: 4, bytes: 76, files: 5 })
  expect(Object.fromEntries(exclusions.map(({ what, count }) => [what, count]))).toEqual({
    ...{ vendored: 3, generated: 2, documentation: 1, unknown: 1, data: 1 },
  })
})

test("the summary counts the same", async () => {
  const { languages } = await facts.summary(repository)
  expect(languages.map(({ name, bytes, files }) => [name, bytes, files])).toEqual([
    ["TypeScript", 45, 2],
    ["C", 13, 1],
    ["C++", 12, 1],
    ["INI", 6, 1],
  ])
  expect(languages.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
})

test("each file says by which rule it was left out", async () => {
  const { rows } = await read("files")
  const reasons = rows.flatMap(({ path, reason }) => (reason === null ? [] : [[path, reason]]))
  expect(Object.fromEntries(reasons)).toEqual({
    ".gitattributes": "path: .gitattributes",
    "bundle.js": "content: minified",
    "docs/conf.py": "path: docs/",
    "made.py": ".gitattributes: linguist-generated",
    "types.d.ts": "path: .d.ts",
    "vendor/z.c": "path: vendor/",
  })
})

test("what was read by former rules is read again, and is not ready until then", async () => {
  await facts.database.query("update assay.snapshots set format = format - 1 where repository_id = $1", [repository.id])
  await expect(read("languages")).rejects.toMatchObject({ code: "SNAPSHOT_NOT_READY" })

  expect(await facts.index(repository)).toMatchObject({ snapshot: 2, unchanged: false })

  expect((await read("languages")).values).toEqual({ languages: 4, bytes: 76, files: 5 })
})
