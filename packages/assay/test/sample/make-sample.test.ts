import { execFileSync } from "node:child_process"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { createGit } from "@assay/git"
import { describe, expect, it } from "vitest"
import { makeSample } from "../../src/sample/make-sample.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"

describe("makeSample", () => {
  it("makes the same small history everywhere", async () => {
    const folder = temporaryFolder()
    const git = createGit({ folder: join(folder, "environment") })
    const path = await makeSample(git, join(folder, "data"))
    const ask = (...args: string[]) => execFileSync("git", ["-C", path, ...args], { encoding: "utf8" }).trim()

    expect(ask("fsck", "--strict")).toBe("")
    expect(ask("rev-parse", "HEAD")).toMatchInlineSnapshot(`"6bc44b26ac62dced97483d88a081dae185b16e4b"`)
    expect(ask("rev-list", "--count", "HEAD")).toBe("15")
    expect(ask("log", "--merges", "--format=%s")).toBe("Merge the fog signal")
    expect(ask("shortlog", "--summary", "--numbered", "--email", "HEAD").split("\n")).toHaveLength(4)
    expect(ask("ls-tree", "-r", "--name-only", "HEAD").split("\n")).toEqual([
      ".mailmap",
      "README.md",
      "docs/log.md",
      "oil.lock",
      "src/fog.ts",
      "src/horn.py",
      "src/lamp.ts",
    ])
  })

  it("leaves the one that is there, and nothing else, however many ask at once", async () => {
    const folder = temporaryFolder()
    const git = createGit({ folder: join(folder, "environment") })
    const paths = await Promise.all(Array.from({ length: 4 }, () => makeSample(git, join(folder, "data"))))
    expect(new Set(paths).size).toBe(1)
    expect(readdirSync(join(folder, "data"))).toEqual(["sample.git"])
  })
})
