import { createRepository, lines } from "./create-repository.js"
import type { TestRepository } from "./create-repository.js"

const bob = "Bob Builder <bob@example.org>"

/** Twelve commits of two people, one after the other. */
export async function linearHistory(options: { objectFormat?: "sha1" | "sha256" } = {}): Promise<TestRepository> {
  const repository = await createRepository(options)
  for (let turn = 0; turn < 12; turn++) {
    repository.commit({
      ...(turn % 3 === 0 ? { author: bob } : {}),
      offset: turn % 2 ? "+0530" : "-0800",
      files: { "src/a.ts": lines(turn + 1), [`src/part-${turn % 4}.ts`]: lines(turn * 2, "other") },
    })
  }
  repository.write()
  return repository
}

/** Branches and merges, one merge with an edit of its own, an octopus; renames, one with a change; an empty commit. */
export async function mergesAndRenames(): Promise<TestRepository> {
  const repository = await createRepository()
  const root = repository.commit({
    files: { "a.txt": lines(40), "b.txt": lines(30, "b"), "dir/c.txt": lines(20, "c"), "run.sh": "#!/bin/sh\n" },
  })
  const left = repository.commit({ from: root, files: { "a.txt": lines(45) } })
  const right = repository.commit({
    ref: "refs/heads/feature",
    from: root,
    author: bob,
    files: { "b.txt": lines(10, "b") },
  })
  const other = repository.commit({ ref: "refs/heads/other", from: root, files: { "new.txt": lines(5) } })
  const merge = repository.commit({
    from: left,
    merge: [right],
    files: { "b.txt": lines(10, "b"), "evil.txt": lines(2) },
  })
  const octopus = repository.commit({ from: merge, merge: [other, right], files: { "new.txt": lines(5) } })
  const renamed = repository.commit({ from: octopus, renames: { "a.txt": "moved/a.txt" } })
  const changed = repository.commit({
    from: renamed,
    renames: { "moved/a.txt": "moved/z.txt" },
    files: { "moved/z.txt": lines(43) },
  })
  const empty = repository.commit({ from: changed, message: "nothing" })
  const mode = repository.commit({ from: empty, files: { "run.sh": { content: "#!/bin/sh\n", mode: "100755" } } })
  const gone = repository.commit({ from: mode, files: { "b.txt": null } })
  repository.tag("v1.0.0", merge)
  repository.tag("v2.0.0", gone, { message: "second" })
  repository.write()
  return repository
}

export const oddNames: readonly (readonly [bytes: Buffer, text: string])[] = [
  [Buffer.from("new\nline.txt"), "new\nline.txt"],
  [Buffer.from("tab\there.txt"), "tab\there.txt"],
  [Buffer.from('quo"te.txt'), 'quo"te.txt'],
  [Buffer.from("back\\slash.txt"), "back\\slash.txt"],
  [Buffer.from("12\t3\tlooks like numstat"), "12\t3\tlooks like numstat"],
  [Buffer.from(":100644 100644 looks raw"), ":100644 100644 looks raw"],
  [Buffer.from("="), "="],
  [Buffer.from("größe/日本語.md"), "größe/日本語.md"],
  [Buffer.from("latin-\xe9.txt", "latin1"), "latin-\\xe9.txt"],
  [Buffer.from("latin-\\xe9.txt"), "latin-\\x5cxe9.txt"],
  [Buffer.from("-rf"), "-rf"],
  [Buffer.from(" leading and trailing "), " leading and trailing "],
  [Buffer.from("0123456789012345678901234567890123456789"), "0123456789012345678901234567890123456789"],
]

/** Every odd name added, changed, and in the end renamed to `renamed/<number>`. */
export async function oddFileNames(): Promise<TestRepository> {
  const repository = await createRepository()
  const first = repository.commit({
    files: oddNames.map(([name], index) => [name, lines(10 + index, `f${index}`)] as const),
  })
  const second = repository.commit({
    from: first,
    files: oddNames.map(([name], index) => [name, lines(12 + index, `f${index}`)] as const),
  })
  repository.commit({
    from: second,
    files: oddNames.flatMap(([name], index) => [
      [name, null] as const,
      [`renamed/${index}`, lines(12 + index, `f${index}`)] as const,
    ]),
  })
  repository.write()
  return repository
}

/** Binary files, symbolic links, a submodule, a file that becomes a link, a file that becomes binary, no newline at the end. */
export async function oddContents(): Promise<TestRepository> {
  const repository = await createRepository()
  const link = { content: "target.txt", mode: "120000" as const }
  const first = repository.commit({
    files: {
      "image.png": Buffer.from([1, 0, 2, 0]),
      "target.txt": "no newline",
      empty: "",
      module: { submodule: "1".repeat(40) },
      link,
      "crlf.txt": "a\r\nb\r\n",
    },
  })
  const second = repository.commit({
    from: first,
    files: {
      "image.png": Buffer.from([1, 0, 2, 0, 3]),
      "target.txt": link,
      module: { submodule: "2".repeat(40) },
      empty: "not any more\n",
      "crlf.txt": "a\nb\n",
    },
  })
  repository.commit({ from: second, files: { "image.png": "text now\n", link: null, module: null } })
  repository.write()
  return repository
}

/** One person under three addresses, a mailmap that joins them, a name that is not UTF-8, a co-author, a date before 1970. */
export async function manyIdentities(): Promise<TestRepository> {
  const repository = await createRepository()
  let from = repository.commit({ author: "bob <bob@laptop.local>", files: { a: "1\n" } })
  from = repository.commit({ from, author: "Bob B. <BOB@work.example>", files: { a: "2\n" } })
  from = repository.commit({
    from,
    author: bob,
    files: {
      ".mailmap":
        "Bob Builder <bob@example.org> <bob@laptop.local>\nBob Builder <bob@example.org> <bob@work.example>\n",
    },
  })
  from = repository.commit({ from, author: "<nameless@example.org>", files: { a: "3\n" } })
  from = repository.commit({
    from,
    message: "with help\n\nCo-authored-by: Bob <bob@laptop.local>\nCo-authored-by: Eve <eve@example.org>",
    files: { a: "4\n" },
  })
  repository.commit({ from, time: 100, offset: "+1400", files: { a: "5\n" } })
  repository.write()
  return repository
}
