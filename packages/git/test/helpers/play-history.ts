import fc from "fast-check"
import { lines } from "./create-repository.js"
import type { TestRepository } from "./create-repository.js"

/** A move in the making of a history. Numbers choose among what there is, whatever there is. */
export interface Move {
  kind: "write" | "rename" | "delete" | "merge" | "rewind" | "orphan" | "mailmap" | "attributes" | "mode" | "tag"
  which: number
  size: number
  author: number
}

export const anyMove: fc.Arbitrary<Move> = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant("write" as const) },
    { weight: 3, arbitrary: fc.constant("rename" as const) },
    { weight: 2, arbitrary: fc.constant("merge" as const) },
    fc.constantFrom(
      "delete" as const,
      "rewind" as const,
      "orphan" as const,
      "mailmap" as const,
      "attributes" as const,
      "mode" as const,
      "tag" as const,
    ),
  ),
  which: fc.nat(40),
  size: fc.nat(30),
  author: fc.nat(3),
})

const authors = [
  "Ann <ann@example.org>",
  "Ann A. <ANN@home.example>",
  "Bob <bob@example.org>",
  "helper[bot] <1+helper[bot]@users.noreply.github.com>",
]
const mailmaps = ["", "Ann Author <ann@example.org> <ann@home.example>\n", "Robert <bob@example.org>\n"]

const attributes = [
  "",
  "* text=auto\n",
  "dir-0/** linguist-vendored\n",
  "* text=auto\ndir-0/** linguist-vendored\n",
  "*.ts linguist-generated\nmoved/* -linguist-generated\n",
]
const folders = ["", "dir-1/", "moved/"]
const tags = ["v1.0.0", "v1.1.0", "v2.0.0-rc.1", "v2.0.0", "nightly"]

/** Plays moves on the branch `main` of a repository, one commit or more each. */
export function playerOf(repository: TestRepository): (moves: readonly Move[]) => void {
  const trees = new Map<number, Map<string, string>>()
  let tip: number | undefined
  let renames = 0

  function commit(move: Move, change: (files: Map<string, string>) => void, merge: number[] = []): void {
    const before = tip === undefined ? new Map<string, string>() : trees.get(tip)!
    const after = new Map(before)
    change(after)
    const files: [string, string | null | { content: string; mode: "100755" }][] = []
    for (const [path, content] of after) {
      if (before.get(path) === content) continue
      const executable = content.startsWith("#!")
      files.push([path, executable ? { content, mode: "100755" } : content])
    }
    for (const path of before.keys()) if (!after.has(path)) files.push([path, null])
    tip = repository.commit({
      files,
      merge,
      author: authors[move.author]!,
      ...(tip === undefined ? {} : { from: tip }),
    })
    trees.set(tip, after)
  }

  const moves: Record<Move["kind"], (move: Move) => void> = {
    write: (move) =>
      commit(move, (files) =>
        files.set(`dir-${move.which % 3}/file-${move.which % 7}.ts`, lines(move.size, `w${move.author}`)),
      ),
    mode: (move) =>
      commit(move, (files) => files.set(`run-${move.which % 2}.sh`, `#!/bin/sh\n${lines(move.size % 3)}`)),
    rename(move) {
      commit(move, (files) => {
        const path = choose([...files.keys()], move.which)
        if (path === undefined) return
        // Sometimes to a name that was used before, and sometimes with a change.
        const target = move.which % 2 ? `moved/${renames++ % 4}.ts` : `dir-${move.size % 3}/file-${move.size % 7}.ts`
        const content = files.get(path)!
        files.delete(path)
        files.set(target, move.size % 3 ? content : `${content}one more\n`)
      })
    },
    delete: (move) => commit(move, (files) => void files.delete(choose([...files.keys()], move.which) ?? "")),
    mailmap: (move) => commit(move, (files) => files.set(".mailmap", mailmaps[move.size % mailmaps.length]!)),
    attributes: (move) =>
      commit(move, (files) =>
        files.set(`${folders[move.which % folders.length]}.gitattributes`, attributes[move.size % attributes.length]!),
      ),
    // Of any commit that there ever was, and sometimes for the second time.
    tag(move) {
      const marked = choose([...trees.keys()], move.which)
      if (marked === undefined) return
      const annotated = move.author % 2 ? { message: "A tag", time: 1_700_000_000 + move.size } : {}
      repository.tag(tags[move.size % tags.length]!, marked, annotated)
    },
    merge(move) {
      const other = choose([...trees.keys()], move.which)
      const main = tip
      if (other === undefined) return
      tip = other
      commit(move, (files) => files.set(`side/${move.which % 5}.ts`, lines(move.size, "side")))
      const side = tip
      tip = main
      commit(move, (files) => trees.get(side)!.forEach((content, path) => files.set(path, content)), [side])
    },
    rewind(move) {
      tip = choose([...trees.keys()], move.which)
      commit(move, (files) => files.set("rewound.ts", lines(move.size)))
    },
    orphan(move) {
      // Only `refs/heads/main` is reset, so the rest of the history is gone from the remote.
      if (move.which % 3) return
      tip = undefined
      repository.git("update-ref", "-d", "refs/heads/main")
      commit(move, (files) => files.set("root.ts", lines(move.size, "root")))
    },
  }

  return (played) => {
    for (const move of played) {
      if (move.kind === "orphan") repository.write()
      moves[move.kind](move)
    }
    if (played.length > 0) repository.write()
  }
}

function choose<Item>(items: readonly Item[], which: number): Item | undefined {
  return items[which % Math.max(items.length, 1)]
}
