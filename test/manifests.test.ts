import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { readJson, rootFolder, workspacePackages } from "../scripts/bootstrap/workspace.mjs"

const root = readJson(join(rootFolder, "package.json"))
const workspace = readFileSync(join(rootFolder, "pnpm-workspace.yaml"), "utf8")

describe("the root package.json", () => {
  it("needs nothing that npm does not understand, so that `npm install` does no harm", () => {
    expect(root.workspaces).toBeUndefined()
    for (const range of Object.values(root.devDependencies)) expect(range).not.toMatch(/^(catalog|workspace):/)
  })

  it("asks for the same versions as the catalog", () => {
    for (const [name, range] of Object.entries(root.devDependencies)) {
      const line = new RegExp(`^  "?${name}"?: (.+)$`, "m").exec(workspace)
      if (line) expect({ [name]: range }).toEqual({ [name]: line[1] })
    }
  })
})

describe.each(workspacePackages(["packages"]))("the package.json of $name", ({ manifest }) => {
  it("says what every package says", () => {
    expect(manifest).toMatchObject({
      license: "MIT",
      type: "module",
      sideEffects: false,
      engines: root.engines,
      publishConfig: { access: "public" },
    })
    // What else is packed, npm adds by itself; a package may add the notice of works that it contains.
    expect(manifest.files.filter((file: string) => file !== "NOTICE")).toEqual(["dist"])
  })

  it("publishes its exports without the condition that leads to sources", () => {
    const published = structuredClone(manifest.exports)
    for (const target of Object.values<Record<string, string>>(published)) delete target["@assay/source"]
    expect(manifest.publishConfig.exports).toEqual(published)
  })

  it("names @assay packages by the workspace, as ordinary dependencies", () => {
    const ours = Object.entries(manifest.dependencies ?? {}).filter(([name]) => name.startsWith("@assay/"))
    for (const [, range] of ours) expect(range).toBe("workspace:^")
    expect(Object.keys(manifest.peerDependencies ?? {}).filter((name) => name.startsWith("@assay/"))).toEqual([])
  })
})
