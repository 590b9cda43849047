import { readFileSync } from "node:fs"
import { describe, expect, it, vi } from "vitest"
import * as zod from "zod"
import * as client from "../src/index.js"
import * as testing from "../src/testing/index.js"

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
const examples = [...readme.matchAll(/```ts\n([^]*?)```/g)].map(([, code = ""]) => code)

const modules: Record<string, object> = {
  "@assay/potpie-client": client,
  "@assay/potpie-client/testing": testing,
  zod,
}

/** Runs an example, and gives what it prints. */
async function run(code: string): Promise<unknown[][]> {
  const body = code
    .replaceAll(/^import (\{.*\}) from "(.*)"$/gm, 'const $1 = modules["$2"]')
    // Node 20 does not know the keyword yet.
    .replace("await using", "const")
  const log = vi.fn()
  const AsyncFunction = Object.getPrototypeOf(run).constructor
  const ran = new AsyncFunction(
    "modules",
    "process",
    "console",
    `${body}\nif (typeof fake !== "undefined") await fake.close()`,
  )
  await using fake = await testing.createFakePotpie({
    answers: [{ text: '{"files": ["src/refunds.ts"]}' }, { text: "Two." }],
  })
  await ran(modules, { env: { POTPIE_API_KEY: fake.apiKey, POTPIE_URL: fake.url } }, { log })
  return log.mock.calls
}

describe("the examples of the README", { timeout: 60_000 }, () => {
  it("are three", () => expect(examples).toHaveLength(3))

  it("parse, wait, stream and ask", async () => {
    expect(await run((examples[0] ?? "").replace("{ onStatus", "{ pollMs: 1, onStatus"))).toEqual([
      ["submitted"],
      ["ready"],
      ['{"files": ["src/refunds.ts"]}'],
      ["Two."],
    ])
  })

  it("get a structured answer", async () => {
    expect(await run(examples[1] ?? "")).toEqual([[["src/refunds.ts"]]])
  })

  it("show the fake server", async () => {
    const printed = await run(examples[2] ?? "")
    expect(printed.at(-1)).toEqual(["POTPIE_INTERRUPTED", 1])
  })

  it("stand beside every option, lineage and code that there is", () => {
    for (const name of ["apiKey", "baseUrl", "userId", "timeouts", "retry", "fetch", "logger"]) {
      expect(readme).toContain(`| \`${name}\``)
    }
    for (const lineage of Object.keys(testing.fakeLineages)) expect(readme).toContain(`| \`${lineage}\` `)
    const source = readFileSync(new URL("../src/errors.ts", import.meta.url), "utf8")
    const codes = [...source.matchAll(/^ {2}\| "(\w+)"$/gm)].map(([, code]) => code)
    const shown = [...readme.matchAll(/^\| `([A-Z_]{3,})`/gm)].map(([, code]) => code)
    expect(shown.sort()).toEqual(codes.sort())
    expect(codes).toHaveLength(18)
  })
})
