import { ESLint } from "eslint"
import { describe, expect, it } from "vitest"
import { rootFolder } from "../scripts/bootstrap/workspace.mjs"

const eslint = new ESLint({
  cwd: rootFolder,
  // The rule needs no types, and the files of these examples do not exist.
  overrideConfig: { languageOptions: { parserOptions: { project: null } } },
  ruleFilter: ({ ruleId }) => ruleId === "assay/arrows",
})

async function complaints(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath })
  return (result?.messages ?? []).map(({ message }) => message)
}

describe("the arrows between packages", () => {
  it.each([
    ["an import", `import { createFastifyPlugin } from "@assay/http-adapter"`],
    ["an import of types", `import type { HttpOptions } from "@assay/http-adapter"`],
    ["an export from", `export * from "@assay/http-adapter"`],
    ["a dynamic import", `await import("@assay/http-adapter")`],
    ["a type written as an import", `export type Options = import("@assay/http-adapter").HttpOptions`],
  ])("stop one adapter from reaching another by %s, and say why", async (_, code) => {
    expect(await complaints("packages/postgres/src/example.ts", code)).toEqual([
      expect.stringMatching(
        /^packages\/postgres may not import @assay\/http-adapter: adapters live under the rules of third-party adapters/,
      ),
    ])
  })

  it("keep core at the bottom", async () => {
    expect(await complaints("packages/core/src/example.ts", `import "@assay/postgres"`)).toEqual([
      expect.stringContaining("core is the bottom"),
    ])
  })

  it("keep jobs out of plain Git code", async () => {
    expect(await complaints("packages/git/src/remote/example.ts", `import "@assay/core"`)).toEqual([
      expect.stringContaining("plain Git code that knows no jobs"),
    ])
    expect(await complaints("packages/git/src/jobs/example.ts", `import "@assay/core"`)).toEqual([])
  })

  it("keep the client of Potpie usable alone, its tests included", async () => {
    for (const file of ["packages/potpie-client/src/example.ts", "packages/potpie-client/test/example.test.ts"]) {
      expect(await complaints(file, `import "@assay/core"`)).toEqual([
        expect.stringContaining("a client that anyone can use alone"),
      ])
      expect(await complaints(file, `import "zod"`)).toEqual([])
    }
  })

  it("allow no path out of a package", async () => {
    expect(await complaints("packages/git/src/jobs/example.ts", `import "../../../core/src/job.js"`)).toEqual([
      expect.stringContaining("leads out of packages/git"),
    ])
  })

  it("allow no reaching into what a package does not publish", async () => {
    expect(await complaints("packages/git/src/jobs/example.ts", `import "@assay/core/src/job.js"`)).toEqual([
      expect.stringContaining("by its public name"),
    ])
  })

  it("allow what they should", async () => {
    expect(await complaints("packages/postgres/src/example.ts", `import "@assay/core"`)).toEqual([])
    expect(await complaints("packages/postgres/test/example.test.ts", `import "@assay/core/testing"`)).toEqual([])
    expect(await complaints("packages/postgres/src/pg/example.ts", `import "../values.js"`)).toEqual([])
    expect(await complaints("packages/assay/src/example.ts", `import "@assay/http-adapter"`)).toEqual([])
    expect(await complaints("examples/service/src/example.ts", `import "@assay/postgres"`)).toEqual([])
  })
})
