import { createRepository, lines } from "../helpers/create-repository.js"
import type { TestRepository } from "../helpers/create-repository.js"

const ann = "Ann Author <ann@example.org>"
const bob = "Bob Builder <bob@corp.co.uk>"
const bobAtHome = "bob <BOB@laptop.local>"
const cleo = "Cleo <cleo@example.org>"
const otherCleo = "Cleo <cleo@elsewhere.net>"
const bot = "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>"

const day = 86_400
const start = Date.UTC(2023, 0, 2, 9) / 1000

/**
 * Two years of a small project with everything that histories have: branches and merges, an octopus, a merge with an edit of its
 * own, chains and swaps of renames, a file that is deleted and made again, a .mailmap, programs, co-authors, clocks of many zones,
 * clocks that are wrong, commits out of order, empty ones, binary files, links, odd names, line ends of both kinds, and tags.
 */
export async function busyProject(): Promise<TestRepository> {
  const repository = await createRepository()
  let from: number | undefined
  let at = start
  const commit = (options: Parameters<TestRepository["commit"]>[0], days = 3): number => {
    at += Math.round(days * day) + 1234
    from = repository.commit({ time: at, ...(from === undefined ? {} : { from }), ...options })
    return from
  }

  commit({
    author: ann,
    files: {
      "src/main.ts": lines(60, "main"),
      "src/old-name.ts": lines(40, "named"),
      "src/left.ts": lines(30, "left"),
      "src/right.ts": lines(30, "right"),
      "vendor/lib.ts": lines(200, "vendored"),
      "data.json": lines(25, "data"),
      "run.sh": "#!/bin/sh\n",
      "logo.png": Buffer.from([137, 0, 1, 2]),
      "größe/日本語.ts": lines(8, "wide"),
      'with space & "quote".ts': lines(4),
      link: { content: "src/main.ts", mode: "120000" },
    },
  })
  for (let turn = 0; turn < 12; turn++) {
    commit({
      author: [ann, bob, cleo, ann][turn % 4]!,
      offset: ["+0000", "+0530", "-0800", "+1400"][turn % 4]!,
      files: {
        "src/main.ts": lines(60 + turn * 2, turn % 3 ? "main" : "changed"),
        [turn % 2 ? "src/left.ts" : "src/right.ts"]: lines(30 + turn, turn % 2 ? "left" : "right"),
      },
    })
  }
  commit({ author: bob, renames: { "src/old-name.ts": "src/middle-name.ts" } })
  commit({ author: bob, files: { "src/middle-name.ts": lines(46, "named") } })
  commit({
    author: cleo,
    renames: { "src/middle-name.ts": "lib/new-name.ts" },
    files: { "lib/new-name.ts": lines(52, "named") },
  })
  // What was renamed away from is used again, by another file.
  commit({ author: bobAtHome, files: { "src/old-name.ts": lines(12, "second life") } })
  // A swap: git sees two changed files, because both paths are there before and after.
  commit({ author: ann, files: { "src/left.ts": lines(41, "right"), "src/right.ts": lines(41, "left") } })
  // A swap in two steps, which git does see.
  commit({ author: ann, renames: { "src/left.ts": "src/parked.ts" } })
  commit({ author: ann, renames: { "src/right.ts": "src/left.ts" } })
  commit({ author: ann, renames: { "src/parked.ts": "src/right.ts" } })
  const base = commit({ author: bot, files: { "data.json": lines(26, "data"), "src/gone.ts": lines(20, "gone") } })
  repository.tag("v1.0.0", base)

  const feature = repository.commit({
    ...{ ref: "refs/heads/feature", from: base, author: bob, time: at + day, offset: "+0100" },
    files: { "src/feature.ts": lines(35, "feature"), "src/main.ts": lines(70, "changed") },
    message: "feature\n\nCo-authored-by: Cleo <cleo@example.org>\nCo-authored-by: Ann Author <ANN@example.org>",
  })
  const featureMore = repository.commit({
    ...{ ref: "refs/heads/feature", from: feature, author: otherCleo, time: at + 2 * day },
    renames: { "src/feature.ts": "src/feature/index.ts" },
  })
  const other = repository.commit({
    ...{ ref: "refs/heads/other", from: base, author: bob, time: at + day, authorTime: at - 40 * day },
    files: { "src/other.ts": lines(9, "other"), "src/main.ts": lines(71, "main") },
  })
  commit({ author: ann, files: { "src/gone.ts": null, "README.md": lines(6, "read") } }, 4)
  const merged = commit({
    author: ann,
    merge: [featureMore],
    files: {
      "src/feature/index.ts": lines(35, "feature"),
      "src/main.ts": lines(70, "changed"),
      "evil.ts": lines(3, "evil"),
    },
  })
  commit({ author: bob, merge: [other, merged], files: { "src/other.ts": lines(9, "other") } })
  commit({ author: bob, message: "nothing at all" })
  commit({ author: bob, files: { ".mailmap": "Bob Builder <bob@corp.co.uk> <bob@laptop.local>\n" } })
  commit({ author: cleo, authorTime: 86_400 * 365 * 200, files: { "src/future.ts": lines(5, "future") } })
  commit({ author: cleo, authorTime: 0, files: { "src/future.ts": lines(6, "future") } })
  commit({ author: bot, files: { "src/gone.ts": lines(14, "made again") } })
  commit({ author: ann, files: { "crlf.ts": "a\r\nb\r\n  c\r\n", "no-end.ts": "one\ntwo" } })
  commit({ author: ann, files: { "crlf.ts": "a\nb\n  c\n", "run.sh": { content: "#!/bin/sh\n", mode: "100755" } } })
  commit({
    author: bob,
    files: { "logo.png": Buffer.from([137, 0, 1, 2, 3]), link: { content: "lib", mode: "120000" } },
  })
  const release = commit({ author: ann, files: { module: { submodule: "1".repeat(40) } } }, 60)
  repository.tag("v1.1.0", release, { message: "the second", time: at + 100 })
  const beta = commit({ author: bob, files: { "logo.png": "text now\n", "data.json": Buffer.from([0, 1]) } })
  repository.tag("v2.0.0-beta.1", beta)
  for (let turn = 0; turn < 10; turn++) {
    commit(
      {
        author: turn % 3 ? cleo : bob,
        offset: "-0300",
        files: {
          "lib/new-name.ts": lines(52 + turn, turn % 2 ? "named" : "again"),
          "src/feature/index.ts": lines(35 + turn * 3, "feature"),
          ...(turn % 4 ? {} : { [`src/part-${turn}.ts`]: `${"\t".repeat(turn % 3)}deep\n`.repeat(turn + 2) }),
        },
      },
      25,
    )
  }
  const last = commit({ author: ann, files: { "src/main.ts": lines(90, "main") } })
  repository.tag("v2.0.0", last)
  repository.tag("nightly", last)
  repository.write()
  return repository
}
