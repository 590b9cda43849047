import { execFileSync } from "node:child_process"
import { expect, test } from "vitest"
import { createPatchParser, patchOptions } from "../../src/parse/parse-patches.js"
import type { CommitPatch } from "../../src/parse/parse-patches.js"
import { createRepository, lines, noise, testEnvironment } from "../helpers/create-repository.js"
import type { TestRepository } from "../helpers/create-repository.js"
import { linearHistory, mergesAndRenames, oddContents, oddFileNames } from "../helpers/scenarios.js"

/** What git writes about all commits of a repository, merges against their first parents, a mark after every second one. */
function patchesOf(source: TestRepository): Buffer {
  const input = source
    .git("rev-list", "--parents", "--reverse", "main")
    .split("\n")
    .map((line, at) => `${line.split(" ").slice(0, 2).join(" ")}\n${at % 2 ? "=\n" : ""}`)
    .join("")
  const args = ["--git-dir", source.path, "-c", "diff.renameLimit=1000", "diff-tree", ...patchOptions]
  return execFileSync("git", args, { env: testEnvironment, input, maxBuffer: 1 << 28 })
}

function parse(output: Buffer, sizes: () => number): { commits: CommitPatch[]; marks: number[] } {
  const commits: CommitPatch[] = []
  const marks: number[] = []
  const parser = createPatchParser({ commit: (commit) => commits.push(commit), mark: () => marks.push(commits.length) })
  for (let at = 0; at < output.length;) {
    const end = at + sizes()
    parser.push(output.subarray(at, end))
    at = end
  }
  parser.end()
  return { commits, marks }
}

async function patchlike(): Promise<TestRepository> {
  const source = await createRepository()
  const hostile =
    "--- a/x\n+++ b/x\n@@ -1 +1 @@\ndiff --git a/x b/x\n0123456789abcdef0123456789abcdef01234567\0\n=\n\\ no\n"
  let from = source.commit({ files: { text: hostile.replace("\0", ""), raw: noise(5_000, 3), none: "" } })
  from = source.commit({
    from,
    files: { text: `x${hostile.replace("\0", "")}end`, raw: "now text\nno end", none: "a" },
  })
  source.commit({ from, files: { text: "\n\n\n", raw: null, none: lines(3) }, renames: {} })
  source.write()
  return source
}

test.each([
  ["a linear history", linearHistory],
  ["merges and renames", mergesAndRenames],
  ["odd file names", oddFileNames],
  ["odd contents", oddContents],
  ["contents that look like patches", patchlike],
])("reads %s alike wherever the stream is cut", async (_, make) => {
  await using source = await make()
  const output = patchesOf(source)
  const whole = parse(output, () => output.length)
  expect(whole.commits).toHaveLength(Number(source.git("rev-list", "--count", "main")))
  expect(whole.marks).toEqual(Array.from({ length: Math.floor(whole.commits.length / 2) }, (__, at) => 2 * at + 2))
  for (const size of [1, 2, 3, 7, 64, 1_000]) expect(parse(output, () => size)).toEqual(whole)
  let state = 1
  const next = (): number => 1 + ((state = (state * 48_271) % 2_147_483_647) % 97)
  expect(parse(output, next)).toEqual(whole)
})

test("has the places of git's own hunks, and counts as numstat does", async () => {
  await using source = await patchlike()
  const { commits } = parse(patchesOf(source), () => 50)
  const numstat = (commit: string): string[] =>
    source.git("diff-tree", "-r", "--root", "--no-commit-id", "--numstat", "-M50%", commit).split("\n").filter(Boolean)
  for (const { oid, changes } of commits) {
    expect(changes.map(({ added, deleted, path }) => `${added ?? "-"}\t${deleted ?? "-"}\t${path}`)).toEqual(
      numstat(oid),
    )
  }
  const { hunks } = commits[1]!.changes.find(({ path }) => path === "text")!
  expect(hunks).toEqual([1, 1, 1, 1, 7, 0, 8, 1])
})

test("refuses output that ends too early", () => {
  const oid = "1".repeat(40)
  const parser = createPatchParser({ commit: () => {} })
  parser.push(Buffer.from(`${oid}\0:100644 100644 ${oid} ${oid} M\0`))
  expect(() => parser.end()).toThrow(expect.objectContaining({ code: "MIRROR_DAMAGED" }))
  const within = createPatchParser({ commit: () => {} })
  within.push(
    Buffer.from(`${oid}\0:100644 100644 ${oid} ${oid} M\0a\0\0diff --git a/a b/a\n@@ -1,2 +1 @@\n-one\n-two\n`),
  )
  expect(() => within.end()).toThrow(expect.objectContaining({ code: "MIRROR_DAMAGED" }))
})
