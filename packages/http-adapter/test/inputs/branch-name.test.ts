import { spawnSync } from "node:child_process"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { isBranchName } from "../../src/inputs/branch-name.js"

const good = [
  "main",
  "feature/x",
  "release-1.0",
  "ü",
  "a@b",
  "{",
  "@a",
  "a-",
  "日本",
  "x.locked",
  "a/@",
  "refs/heads/x",
  "a/-b",
]
const bad = [
  ...["-a", "/a", "a/", "a//b", ".a", "a/.b", "a.", "a..b", "a.lock", "a.lock/b", "a b", "a~", "a^", "a:", "a?"],
  ...["a*", "a[", "a\\", "a@{", "@", "HEAD", "a\u0001", "a\u007f", "a\n"],
]

function gitTakes(name: string): boolean {
  return spawnSync("git", ["check-ref-format", `refs/heads/${name}`]).status === 0 && !name.startsWith("-")
}

describe("isBranchName", () => {
  it.each(good)("takes %j, as git does", (name) => {
    expect(isBranchName(name)).toBe(true)
    expect(gitTakes(name)).toBe(true)
  })

  it.each(bad)("refuses %j", (name) => {
    expect(isBranchName(name)).toBe(false)
  })

  it.each(["", "a\u0000", "\ud800"])("refuses %j, which git cannot even be asked about", (name) => {
    expect(isBranchName(name)).toBe(false)
  })

  it("takes nothing that git refuses", () => {
    const part = fc.constantFrom(
      "a",
      "b.",
      ".",
      "..",
      "/",
      "@",
      "{",
      "@{",
      "-",
      ".lock",
      "~",
      " ",
      "ü",
      "x/y",
      "*",
      "\\",
    )
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const name = parts.join("")
        if (isBranchName(name)) expect(gitTakes(name), name).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})
