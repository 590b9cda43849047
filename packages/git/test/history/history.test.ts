import { describe, expect, test } from "vitest"
import { checkMailmap } from "../../src/history/check-mailmap.js"
import { readBlobs } from "../../src/history/read-blobs.js"
import { readChanges } from "../../src/history/read-changes.js"
import { readCommits } from "../../src/history/read-commits.js"
import { readLines, readTree } from "../../src/history/read-tree.js"
import { countRevisions, hasCommit, isAncestor, readRevisions } from "../../src/history/revisions.js"
import type { CommitChanges } from "../../src/parse/parse-diff-tree.js"
import { decodePath, encodePath } from "../../src/parse/path-text.js"
import { collect, openMirror } from "../helpers/open-mirror.js"
import {
  linearHistory,
  manyIdentities,
  mergesAndRenames,
  oddContents,
  oddFileNames,
  oddNames,
} from "../helpers/scenarios.js"
import type { TestRepository } from "../helpers/create-repository.js"

const scenarios: Record<string, () => Promise<TestRepository>> = {
  "a linear history": linearHistory,
  "a linear history with SHA-256": () => linearHistory({ objectFormat: "sha256" }),
  "merges and renames": mergesAndRenames,
  "odd file names": oddFileNames,
  "odd contents": oddContents,
  "many identities": manyIdentities,
}

/** What `git log --numstat` says, as `<commit> <added> <deleted> <path as bytes in latin1>` lines. */
function oracle(source: TestRepository): string[] {
  const output = source
    .gitBytes("log", "-z", "--no-merges", "-M50%", "--numstat", "--format=>%H", "main")
    .toString("latin1")
  const found: string[] = []
  let commit = ""
  const tokens = output.split("\0").map((token) => token.replace(/^\n/, ""))
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!
    if (/^>[0-9a-f]+$/.test(token)) commit = token.slice(1)
    const match = /^(\d+|-)\t(\d+|-)\t([^]*)$/.exec(token)
    if (!match) continue
    const path = match[3] === "" ? tokens[(at += 2)]! : match[3]!
    found.push(`${commit} ${match[1]} ${match[2]} ${path}`)
  }
  return found.sort()
}

function asOracle(commits: readonly CommitChanges[]): string[] {
  return commits
    .flatMap(({ oid, changes }) =>
      changes.map(
        (change) =>
          `${oid} ${change.added ?? "-"} ${change.deleted ?? "-"} ${encodePath(change.path).toString("latin1")}`,
      ),
    )
    .sort()
}

describe.each(Object.entries(scenarios))("%s", (_, create) => {
  test("has the changes that plain git log --numstat reports, whatever the blocks and children", async () => {
    await using source = await create()
    await using opened = await openMirror(source)
    const { mirror, tip } = opened
    const expected = oracle(source)
    for (const [children, blockSize] of [
      [1, 100],
      [2, 1],
      [3, 2],
    ] as const) {
      const oids = readRevisions(mirror, { tips: [tip], merges: "none" })
      const blocks = []
      for await (const block of readChanges(mirror, oids, { children, blockSize })) blocks.push(block)
      blocks.sort((one, other) => one.index - other.index)
      const commits = blocks.flatMap((block) => block.commits)
      expect(asOracle(commits)).toEqual(expected)
      expect(commits.map((commit) => commit.oid)).toEqual(source.git("rev-list", "--no-merges", "main").split("\n"))
    }
  })

  test("has the commits, people and times that plain git log reports", async () => {
    await using source = await create()
    await using opened = await openMirror(source)
    const { mirror, tip } = opened
    const commits = await collect(readCommits(mirror, { tips: [tip] }))
    const expected = source.git("log", "--format=%H|%P|%an|%ae|%ad|%cn|%ce|%ct|%s", "--date=raw", "main").split("\n")
    const sign = (minutes: number): string => {
      const size = Math.abs(minutes)
      return `${minutes < 0 ? "-" : "+"}${String(Math.trunc(size / 60) * 100 + (size % 60)).padStart(4, "0")}`
    }
    expect(
      commits.map((commit) =>
        [
          commit.oid,
          commit.parents.join(" "),
          commit.author.name,
          commit.author.email,
          `${commit.authoredAt.seconds} ${sign(commit.authoredAt.offsetMinutes)}`,
          commit.committer.name,
          commit.committer.email,
          commit.committedAt.seconds,
          commit.subject,
        ].join("|"),
      ),
    ).toEqual(expected)
    expect(await countRevisions(mirror, { tips: [tip] })).toBe(commits.length)
  })

  test("has the files and lines that plain git reports for the tip", async () => {
    await using source = await create()
    await using opened = await openMirror(source)
    const { mirror, tip } = opened
    const files = await collect(readTree(mirror, tip))
    const names = source
      .gitBytes("ls-tree", "-r", "-z", "--name-only", "main")
      .toString("latin1")
      .split("\0")
      .slice(0, -1)
    expect(files.map((file) => encodePath(file.path).toString("latin1"))).toEqual(names)
    const counted = new Map((await collect(readLines(mirror, tip))).map(({ path, lines }) => [path, lines]))
    for (const file of files) {
      if (file.kind === "submodule") {
        expect(counted.has(file.path)).toBe(false)
        continue
      }
      const content = source.gitBytes("cat-file", "blob", file.oid)
      expect(file.size).toBe(content.length)
      const text = content.toString("latin1")
      const expected = content.includes(0) ? null : text === "" ? 0 : text.replace(/\n$/, "").split("\n").length
      expect([file.path, counted.get(file.path)]).toEqual([file.path, expected])
    }
  })
})

test("tells renames, mode changes, type changes, binaries and submodules apart", async () => {
  await using renames = await mergesAndRenames()
  await using first = await openMirror(renames)
  const all = await collect(changesOf(first))
  const statuses = all.flatMap((commit) =>
    commit.changes.map((change) => `${change.status} ${change.oldPath ?? ""} ${change.path}`),
  )
  expect(statuses).toContain("R a.txt moved/a.txt")
  expect(statuses).toContain("R moved/a.txt moved/z.txt")
  expect(all.find((commit) => commit.changes.length === 0)).toBeDefined()
  const modeChange = all
    .flatMap((commit) => commit.changes)
    .find((change) => change.path === "run.sh" && change.status === "M")
  expect(modeChange).toMatchObject({ oldMode: 0o100644, newMode: 0o100755, added: 0, deleted: 0 })

  await using contents = await oddContents()
  await using second = await openMirror(contents)
  const changes = (await collect(changesOf(second))).flatMap((commit) => commit.changes)
  expect(changes.find((change) => change.path === "image.png" && change.status === "A")).toMatchObject({
    added: null,
    deleted: null,
  })
  expect(changes.find((change) => change.path === "target.txt" && change.status === "T")).toMatchObject({
    newMode: 0o120000,
  })
  expect(changes.find((change) => change.path === "module" && change.status === "M")).toMatchObject({
    oldMode: 0o160000,
    newOid: "2".repeat(40),
  })
})

test("names odd paths without losing a byte", async () => {
  await using source = await oddFileNames()
  await using opened = await openMirror(source)
  const commits = await collect(changesOf(opened))
  const added = commits.at(-1)!.changes
  expect(new Set(added.map((change) => change.path))).toEqual(new Set(oddNames.map(([, text]) => text)))
  for (const [bytes, text] of oddNames) {
    expect(decodePath(bytes)).toBe(text)
    expect(encodePath(text)).toEqual(bytes)
  }
})

test("knows people through the mailmap of the tip", async () => {
  await using source = await manyIdentities()
  await using opened = await openMirror(source)
  const { mirror, tip } = opened
  const identities = [
    { name: "bob", email: "bob@laptop.local" },
    { name: "Bob B.", email: "BOB@work.example" },
    { name: "", email: "nameless@example.org" },
    { name: "odd <name>\n", email: "a>b" },
  ]
  const bob = { name: "Bob Builder", email: "bob@example.org" }
  const answers = await checkMailmap(mirror, identities, { tip })
  expect(answers.slice(0, 3)).toEqual([bob, bob, identities[2]])
  expect(answers).toHaveLength(4)
  const withCoAuthors = (await collect(readCommits(mirror, { tips: [tip] }))).find(
    (commit) => commit.coAuthors.length > 0,
  )
  expect(withCoAuthors?.coAuthors).toEqual([
    { name: "Bob", email: "bob@laptop.local" },
    { name: "Eve", email: "eve@example.org" },
  ])
})

test("answers what is new since a tip, and whether a tip is in the history of another", async () => {
  await using source = await linearHistory()
  await using opened = await openMirror(source)
  const { mirror, tip } = opened
  const all = await collect(readRevisions(mirror, { tips: [tip] }))
  const old = all[3]!
  expect(await collect(readRevisions(mirror, { tips: [tip], exclude: [old] }))).toEqual(all.slice(0, 3))
  expect(await isAncestor(mirror, { ancestor: old, descendant: tip })).toBe(true)
  expect(await isAncestor(mirror, { ancestor: tip, descendant: old })).toBe(false)
  expect(await isAncestor(mirror, { ancestor: "1".repeat(40), descendant: tip })).toBe(false)
  expect(await hasCommit(mirror, old)).toBe(true)
})

test("reads the beginning of blobs", async () => {
  await using source = await linearHistory()
  await using opened = await openMirror(source)
  const { mirror, tip } = opened
  const files = await collect(readTree(mirror, tip))
  const blobs = []
  for await (const blob of readBlobs(
    mirror,
    files.map((file) => file.oid),
    { bytes: 6 },
  ))
    blobs.push(blob)
  expect(blobs.map((blob) => blob.oid)).toEqual(files.map((file) => file.oid))
  expect(blobs.map((blob) => blob.size)).toEqual(files.map((file) => file.size))
  expect(blobs[0]?.content.toString()).toBe("line 0")
})

test("refuses to call a history complete that git did not answer completely", async () => {
  await using source = await linearHistory()
  await using opened = await openMirror(source)
  const { mirror, tip } = opened
  await expect(collect(changesOf({ mirror, tip }, [[tip, "1".repeat(40)]]))).rejects.toMatchObject({
    code: "MIRROR_DAMAGED",
  })
})

async function* changesOf(
  opened: Pick<Awaited<ReturnType<typeof openMirror>>, "mirror" | "tip">,
  oids?: string[][],
): AsyncGenerator<CommitChanges[]> {
  const { mirror, tip } = opened
  const commits = oids ?? readRevisions(mirror, { tips: [tip], merges: "none", order: "topological" })
  for await (const block of readChanges(mirror, commits, { children: 1 })) yield block.commits
}
