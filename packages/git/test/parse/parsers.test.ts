import { execFileSync } from "node:child_process"
import fc from "fast-check"
import { expect, test } from "vitest"
import { createDiffTreeParser, diffTreeOptions } from "../../src/parse/parse-diff-tree.js"
import type { CommitChanges } from "../../src/parse/parse-diff-tree.js"
import { createLogParser, logOptions } from "../../src/parse/parse-log.js"
import { createLsTreeParser, lsTreeOptions } from "../../src/parse/parse-ls-tree.js"
import { decodePath, encodePath } from "../../src/parse/path-text.js"
import { testEnvironment } from "../helpers/create-repository.js"
import { mergesAndRenames, oddContents, oddFileNames } from "../helpers/scenarios.js"

/** Cuts a buffer at the given places. */
function pieces(buffer: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (buffer.length + 1)))].sort((one, other) => one - other)
  return [0, ...places].map((from, at) => buffer.subarray(from, places[at] ?? buffer.length))
}

const cuts = fc.array(fc.nat(), { maxLength: 12 })

test.each([mergesAndRenames, oddFileNames, oddContents])(
  "the parsers read the same, wherever the stream is cut (%o)",
  async (create) => {
    await using source = await create()
    const oids = source.git("rev-list", "--no-merges", "main")
    const changes = execFileSync("git", ["--git-dir", source.path, "diff-tree", ...diffTreeOptions], {
      env: testEnvironment,
      input: `${oids.replaceAll("\n", "\n=\n")}\n=\n`,
    })
    const readChanges = (chunks: readonly Buffer[]): (CommitChanges | "mark")[] => {
      const found: (CommitChanges | "mark")[] = []
      const parser = createDiffTreeParser({
        commit: (commit) => void found.push(commit),
        mark: () => void found.push("mark"),
      })
      for (const chunk of chunks) parser.push(chunk)
      parser.end()
      return found
    }
    const log = source.gitBytes("log", ...logOptions, "main")
    const readLog = (chunks: readonly Buffer[]): unknown[] => {
      const parser = createLogParser()
      const found = chunks.flatMap((chunk) => parser.push(chunk))
      parser.end()
      return found
    }
    const tree = source.gitBytes("ls-tree", ...lsTreeOptions, "main")
    const readTree = (chunks: readonly Buffer[]): unknown[] => {
      const parser = createLsTreeParser()
      const found = chunks.flatMap((chunk) => parser.push(chunk))
      parser.end()
      return found
    }
    const whole = { changes: readChanges([changes]), log: readLog([log]), tree: readTree([tree]) }
    expect(whole.changes.filter((entry) => entry === "mark")).toHaveLength(oids.split("\n").length)
    expect(whole.log.length).toBeGreaterThan(2)
    fc.assert(
      fc.property(cuts, (places) => {
        expect(readChanges(pieces(changes, places))).toEqual(whole.changes)
        expect(readLog(pieces(log, places))).toEqual(whole.log)
        expect(readTree(pieces(tree, places))).toEqual(whole.tree)
      }),
      { numRuns: 100 },
    )
    expect(readChanges([...changes].map((byte) => Buffer.from([byte])))).toEqual(whole.changes)
  },
)

test("output that ends within a record is an error", () => {
  const parser = createDiffTreeParser({ commit: () => {} })
  parser.push(Buffer.from(`${"a".repeat(40)}\0:100644 100644 ${"b".repeat(40)} ${"c".repeat(40)} M\0`))
  expect(() => parser.end()).toThrowError(expect.objectContaining({ code: "MIRROR_DAMAGED" }))
  const log = createLogParser()
  log.push(Buffer.from("aaaa\0\0"))
  expect(() => log.end()).toThrowError(expect.objectContaining({ code: "MIRROR_DAMAGED" }))
})

test("output that is not git's is an error", () => {
  for (const text of [
    "hello\0",
    `:100644 100644 ${"b".repeat(40)} ${"c".repeat(40)} M\0`,
    `${"a".repeat(40)}\x001\t2\tx\0`,
  ]) {
    const parser = createDiffTreeParser({ commit: () => {} })
    expect(() => parser.push(Buffer.from(text))).toThrowError(expect.objectContaining({ code: "GIT_FAILED" }))
  }
})

test("a field without an end is given up before it fills the memory", () => {
  const log = createLogParser()
  const chunk = Buffer.alloc(1024 ** 2, 65)
  expect(() => {
    for (let at = 0; at < 20; at++) log.push(chunk)
  }).toThrowError(expect.objectContaining({ code: "REPOSITORY_TOO_LARGE" }))
})

test("no two paths have the same text, and the text leads back to the path", () => {
  const bytes = fc.array(
    fc.constantFrom(..."\\x0fe9a/é".split("").flatMap((char) => [...Buffer.from(char)]), 0xff, 0xe9, 0x80),
    { maxLength: 14 },
  )
  fc.assert(
    fc.property(bytes, (path) => {
      expect([...encodePath(decodePath(Buffer.from(path)))]).toEqual(path)
    }),
    { numRuns: 5_000 },
  )
})
