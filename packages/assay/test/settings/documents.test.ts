import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseEnv } from "node:util"
import * as prettier from "prettier"
import { describe, expect, it } from "vitest"
import { readSettings } from "../../src/settings/read-settings.js"
import { renderEnvExample, renderSettingTables } from "../../src/settings/render-settings.js"
import { settingNames } from "../../src/settings/settings-schema.js"

// These documents are made from the settings' schema. After a change of it: `pnpm --filter assay documents`.
const root = fileURLToPath(new URL("../../../../", import.meta.url))
const update = process.env["UPDATE_DOCUMENTS"] === "1"

function check(file: string, expected: string): void {
  if (update) writeFileSync(root + file, expected)
  expect(readFileSync(root + file, "utf8")).toBe(expected)
}

describe("the documents of the settings", () => {
  it("have a current .env.example", () => {
    check(".env.example", renderEnvExample())
  })

  it("have a current docs/reference/configuration.md", async () => {
    const file = "docs/reference/configuration.md"
    const [before = "", , after = ""] = readFileSync(root + file, "utf8").split(/<!-- settings(?:-end)? -->\n/)
    const page = `${before}<!-- settings -->\n\n${renderSettingTables()}\n\n<!-- settings-end -->\n${after}`
    check(file, await prettier.format(page, { ...(await prettier.resolveConfig(root + file)), parser: "markdown" }))
  })

  it("show values that are accepted", () => {
    const shown = renderEnvExample().replace(/^#([A-Z_]+=)/gm, "$1")
    const environment = parseEnv(shown)
    expect(Object.keys(environment).sort()).toEqual([...settingNames].sort())
    expect(() => readSettings({ environment, folder: "/nowhere" })).not.toThrow()
  })
})
