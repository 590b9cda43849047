import { describe, expect, it } from "vitest"
import { createSealer } from "../src/index.js"

const key = "0123456789abcdef"

describe("a sealer", () => {
  it("opens what it sealed, and never seals the same text twice alike", () => {
    const sealer = createSealer(key)
    const sealed = sealer.seal("geheim ☂", "tenant/token")
    expect(sealed).not.toContain("geheim")
    expect(sealer.seal("geheim ☂", "tenant/token")).not.toBe(sealed)
    expect(sealer.open(sealed, "tenant/token")).toBe("geheim ☂")
  })

  it.each([
    ["another context", (sealed: string) => createSealer(key).open(sealed, "tenant/other")],
    ["another key", (sealed: string) => createSealer("fedcba9876543210").open(sealed, "tenant/token")],
    ["an altered text", (sealed: string) => createSealer(key).open(sealed.slice(0, -3) + "AAA", "tenant/token")],
    ["a text of another form", () => createSealer(key).open("nonsense", "tenant/token")],
    ["a shortened tag", (sealed: string) => createSealer(key).open(shortenTag(sealed), "tenant/token")],
  ])("refuses %s without saying what was sealed", (_what, open) => {
    const sealed = createSealer(key).seal("geheim", "tenant/token")
    expect(() => open(sealed)).toThrow(expect.objectContaining({ code: "SECRET_UNREADABLE" }))
  })

  it("opens what was sealed with a previous key, and seals with the new one", () => {
    const before = createSealer(key).seal("geheim", "c")
    const after = createSealer("a new and longer key", [key])
    expect(after.open(before, "c")).toBe("geheim")
    expect(() => createSealer(key).open(after.seal("geheim", "c"), "c")).toThrow()
  })

  it("refuses a key that is too short to be one", () => {
    expect(() => createSealer("short")).toThrow(RangeError)
  })
})

function shortenTag(sealed: string): string {
  const parts = sealed.split(".")
  parts[3] = Buffer.from(parts[3] ?? "", "base64url")
    .subarray(0, 4)
    .toString("base64url")
  return parts.join(".")
}
