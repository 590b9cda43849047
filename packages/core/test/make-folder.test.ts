import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { makeFolder, unusableFolder } from "../src/index.js"

let temporary: string

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), "assay-core-test-"))
})
afterEach(() => rmSync(temporary, { recursive: true, force: true }))

const unusable = (reason: RegExp | string) =>
  expect.objectContaining({
    code: "DATA_FOLDER_UNUSABLE",
    message: expect.stringMatching(reason),
    hint: expect.stringContaining("another folder"),
    cause: expect.any(Error),
  })

describe("makeFolder", () => {
  it("makes every level that is missing, for the owner alone", () => {
    makeFolder(join(temporary, "a/b/c"))
    for (const level of ["a", "a/b", "a/b/c"]) expect(statSync(join(temporary, level)).mode & 0o777).toBe(0o700)
  })

  it("takes a path that is relative, and follows links", () => {
    symlinkSync(temporary, join(temporary, "link"))
    makeFolder(relative(process.cwd(), join(temporary, "link/a/b")))
    expect(existsSync(join(temporary, "a/b"))).toBe(true)
  })

  it("leaves a folder that is there as it is", () => {
    chmodSync(temporary, 0o755)
    makeFolder(temporary)
    expect(statSync(temporary).mode & 0o777).toBe(0o755)
  })

  it("says which file is in the way", () => {
    const file = join(temporary, "file")
    writeFileSync(file, "")
    expect(() => makeFolder(file)).toThrow(unusable(`The folder ${file} cannot be used: there is a file of that name.`))
    expect(() => makeFolder(join(file, "a/b"))).toThrow(
      unusable(`The folder ${file}/a/b cannot be used: there is a file of that name \\(${file}\\).`),
    )
  })

  const whyNoProc = existsSync("/proc/self") ? "" : " (skipped: this machine has no /proc)"
  it.skipIf(whyNoProc !== "")(`ends where nothing can be made${whyNoProc}`, () => {
    expect(() => makeFolder("/proc/x")).toThrow(
      unusable("The folder /proc/x cannot be used: nothing can be made there."),
    )
    expect(() => makeFolder("/proc/x/y/z")).toThrow(unusable(/nothing can be made there \(\/proc\/x\)/))
  })

  const whyNoLimits = process.getuid?.() === 0 ? " (skipped: root may write anywhere)" : ""
  it.skipIf(whyNoLimits !== "")(`says that a folder may not be written to${whyNoLimits}`, () => {
    chmodSync(temporary, 0o500)
    expect(() => makeFolder(temporary)).toThrow(unusable("it may not be written to"))
    expect(() => makeFolder(join(temporary, "a"))).toThrow(unusable("it may not be written to"))
  })
})

describe("unusableFolder", () => {
  it("leaves other errors as they are", () => {
    const error = new Error("Something else.")
    expect(unusableFolder(temporary, error)).toBe(error)
  })
})
