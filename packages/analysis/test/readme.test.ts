import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as core from "@assay/core"
import type { Runtime } from "@assay/core"
import { createFakePotpie } from "@assay/potpie-client/testing"
import * as postgres from "@assay/postgres"
import type { PostgresDatabase } from "@assay/postgres"
import { expect, it, vi } from "vitest"
import * as analysis from "../src/index.js"

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
const [example = "", ...others] = [...readme.matchAll(/```ts\n([^]*?)```/g)].map(([, code = ""]) => code)

const modules: Record<string, object> = {
  "@assay/analysis": analysis,
  "@assay/core": core,
  "@assay/postgres": postgres,
}

it("shows a program that runs", async () => {
  expect(others).toEqual([])
  const folder = mkdtempSync(join(tmpdir(), "assay-analysis-"))
  await using fake = await createFakePotpie({ answers: [{ text: "In src/refunds.ts." }] })
  const body = example
    .replace(/^import \* as (\w+) from "(.*)"$/gm, 'const $1 = modules["$2"]')
    .replace(/^import (\{.*\}) from "(.*)"$/gm, 'const $1 = modules["$2"]')
    .replace('".assay"', JSON.stringify(join(folder, ".assay")))
  const log = vi.fn()
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor
  const run = new AsyncFunction("modules", "process", "console", `${body}\nreturn { runtime, database }`)

  const env = { POTPIE_API_KEY: fake.apiKey, POTPIE_BASE_URL: fake.url }
  const opened: { runtime: Runtime; database: PostgresDatabase } = await run(modules, { env }, { log })

  expect(log.mock.calls).toEqual([["In src/refunds.ts.", []]])
  await opened.runtime.stop({ graceMs: 0 })
  await opened.database.close()
  rmSync(folder, { recursive: true, force: true })
})

it("names every code and option", () => {
  const source = (file: string): string => readFileSync(new URL(`../src/${file}`, import.meta.url), "utf8")
  const codes = [...source("errors.ts").matchAll(/^ {2}\| "(\w+)"$/gm)].map(([, code]) => code)
  expect([...readme.matchAll(/^\| `([A-Z_]{3,})`/gm)].map(([, code]) => code)).toEqual(codes)
  const options =
    /interface AnalysisHandlerOptions \{([^]*?)\n\}/.exec(source("jobs/create-analysis-handler.ts"))?.[1] ?? ""
  const optional = [...options.matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name)
  expect([...readme.matchAll(/^\| `([a-z]\w+)` +\| (?!the|a client|asks|what the)/gm)].map(([, name]) => name)).toEqual(
    optional,
  )
  for (const name of Object.keys(analysis))
    if (name !== "AnalysisError" && name !== "analysisProgress" && name !== "defaultMaxConcurrency")
      expect(readme).toContain(name)
})
