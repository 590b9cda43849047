import { describe, expect, test } from "vitest"
import { createRepositorySource } from "../../src/index.js"
import { readCommits } from "../../src/history/read-commits.js"
import { handmade } from "../helpers/bombs.js"
import { createRepository } from "../helpers/create-repository.js"
import { openFacts } from "../helpers/open-facts.js"
import { collect } from "../helpers/open-mirror.js"
import type { RawEntry, RawObjects } from "../helpers/raw-objects.js"
import { rawObjects } from "../helpers/raw-objects.js"
import { linearHistory } from "../helpers/scenarios.js"
import { leftovers, serving } from "../helpers/serving.js"

const { signal } = new AbortController()

const file = (objects: RawObjects, name: string | Buffer): RawEntry => ({
  mode: "100644",
  name,
  oid: objects.blob(`content of ${name.toString("latin1")}\n`),
})

describe("objects that git considers malformed", () => {
  const malformed: [string, (objects: RawObjects) => string][] = [
    ["a folder named ..", (o) => o.commit(o.tree([{ mode: "40000", name: "..", oid: o.tree([file(o, "x")]) }]))],
    ["a folder named .git", (o) => o.commit(o.tree([{ mode: "40000", name: ".git", oid: o.tree([file(o, "x")]) }]))],
    [
      "a folder that Windows takes for .git",
      (o) => o.commit(o.tree([{ mode: "40000", name: "git~1", oid: o.tree([]) }])),
    ],
    [
      "a folder that HFS+ takes for .git",
      (o) => o.commit(o.tree([{ mode: "40000", name: ".g\u200cit", oid: o.tree([]) }])),
    ],
    ["a name with a slash", (o) => o.commit(o.tree([file(o, "/etc/passwd")]))],
    ["a name twice", (o) => o.commit(o.tree([file(o, "same"), file(o, "same")]))],
    ["names out of order", (o) => o.commit(o.tree([file(o, "b"), file(o, "a")]))],
    ["a .gitmodules that is a link", (o) => o.commit(o.tree([{ ...file(o, ".gitmodules"), mode: "120000" }]))],
    ["a commit without an author", (o) => o.raw("commit", `tree ${o.tree([])}\n\nnobody\n`)],
  ]

  test.each(malformed)("such as %s are refused for good, unless the operator takes them", async (_, make) => {
    await using setting = await serving({ source: await handmade(make, { pack: false }) })
    await expect(setting.mirrors().fetch("7", setting.remote)).rejects.toMatchObject({
      code: "GIT_FAILED",
      retryable: false,
      hint: expect.stringContaining("ASSAY_GIT_CHECK_OBJECTS"),
    })
    expect(leftovers(setting.root)).toEqual([])
    expect(await setting.mirrors({ checkObjects: false }).fetch("8", setting.remote)).toMatchObject({
      outcome: "created",
    })
  })

  test("are text in the results and never a path on this machine", async () => {
    await using source = await handmade(
      (o) =>
        o.commit(o.tree([{ mode: "40000", name: "..", oid: o.tree([file(o, "escaped")]) }, file(o, "/tmp/absolute")])),
      { pack: false },
    )
    await using facts = await openFacts({ mirrors: { checkObjects: false } })
    const repository = await facts.register(source.path)
    expect(await facts.index(repository)).toMatchObject({ files: 2 })
    const reading = createRepositorySource({ mirrors: facts.mirrors })
    const commit = source.git("rev-parse", "main")
    const paths = ["../escaped", "/tmp/absolute", "tmp/absolute"]
    const files = await reading.readFiles(repository, { commit, paths, signal })
    expect([...files!.values()]).toEqual([undefined, undefined, undefined])
  })

  test("that old tools wrote, and that harm nobody, are taken", async () => {
    await using setting = await serving({
      source: await handmade((o) => {
        const padded = o.tree([{ mode: "040000", name: "folder", oid: o.tree([file(o, "x")]) }])
        return o.commit(padded, { author: "Ann <ann@example.org> 1700000000 +051800" })
      }),
    })
    expect(await setting.mirrors().fetch("7", setting.remote)).toMatchObject({ outcome: "created" })
  })
})

describe("odd but sound repositories are indexed:", () => {
  async function indexed(
    make: (objects: RawObjects) => string,
  ): Promise<{ files: number; paths: string[]; names: unknown[] }> {
    await using source = await handmade(make, { pack: false })
    await using facts = await openFacts()
    const repository = await facts.register(source.path)
    const { files } = await facts.index(repository)
    const rows = await facts.database.query<{ path: string }>("select path from assay.paths order by path")
    const names = await facts.database.query("select name, email from assay.identities")
    return { files, paths: rows.map(({ path }) => path), names }
  }

  test("names that differ by case, end with dots or blanks, or are devices elsewhere", async () => {
    const names = ["A.txt", "CON", "a.txt", "aux.c", "dots...", "nul:stream", "trailing ", "\u200b"]
    const { files, paths } = await indexed((o) => o.commit(o.tree(names.map((name) => file(o, name)))))
    expect(files).toBe(names.length)
    expect(new Set(paths)).toEqual(new Set(names))
  })

  test("people and messages in Latin-1, with control characters and terminal escapes", async () => {
    const { names } = await indexed((o) =>
      o.commit(o.tree([file(o, "a")]), {
        author: Buffer.from("J\xf6rg \x1b[31mred\x07 <j\xf6rg@example.org> 1700000000 +0000", "latin1"),
        message: Buffer.from("gr\xfc\xdfe \x1b]0;title\x07\n\xff\xfe", "latin1"),
      }),
    )
    expect(JSON.stringify(names)).toContain("rg")
    expect(JSON.stringify(names)).not.toContain("\\u0000")
  })

  test("a path of five thousand bytes that do not compress, and an address of as many", async () => {
    const part = (seed: number): string =>
      Array.from({ length: 250 }, (_, at) => String.fromCharCode(97 + ((at * at * seed + at * 7 + seed) % 26))).join("")
    const { files } = await indexed((o) => {
      let oid = o.tree([file(o, "x")])
      for (let level = 1; level <= 20; level++) oid = o.tree([{ mode: "40000", name: part(level), oid }])
      const address = Array.from({ length: 20 }, (_, index) => part(index + 31)).join("")
      return o.commit(oid, { author: `Ann <${address}@example.org> 1700000000 +0000` })
    })
    expect(files).toBe(1)
  })

  test("submodules, links and pointers of LFS are no files of text, and nothing is fetched for them", async () => {
    await using facts = await openFacts()
    await using source = await handmade(
      (o) =>
        o.commit(
          o.tree([
            { mode: "100644", name: ".gitattributes", oid: o.blob("* filter=lfs diff=lfs merge=lfs\n") },
            {
              mode: "100644",
              name: ".gitmodules",
              oid: o.blob('[submodule "m"]\n\tpath = m\n\turl = http://127.0.0.1:1/m.git\n'),
            },
            {
              mode: "100644",
              name: "film.mp4",
              oid: o.blob(`version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 5\n`),
            },
            { mode: "120000", name: "link", oid: o.blob("/etc/passwd") },
            { mode: "160000", name: "m", oid: "1".repeat(40) },
          ]),
        ),
      { pack: false },
    )
    expect(await facts.index(await facts.register(source.path))).toMatchObject({ files: 3 })
  })
})

describe("refs", () => {
  test("that are tags of files, folders and tags, a thousand deep, are mirrored as they are", async () => {
    await using source = await handmade((o) => {
      const tree = o.tree([file(o, "a")])
      o.ref("refs/tags/blob", o.blob("tagged\n"))
      o.ref("refs/tags/tree", tree)
      let target = { kind: "tree", oid: tree }
      for (let depth = 0; depth < 1_000; depth++) target = { kind: "tag", oid: o.tag("chain", target) }
      o.ref("refs/tags/chain", target.oid)
      return o.commit(tree)
    })
    await using setting = await serving({ source })
    const { mirror } = await setting.mirrors().fetch("7", setting.remote)
    const { output } = await mirror.git.run(["for-each-ref", "--format=%(refname) %(objecttype)"], {
      repository: mirror,
    })
    expect(output.toString().trim().split("\n")).toEqual([
      "refs/heads/main commit",
      "refs/tags/blob blob",
      "refs/tags/chain tag",
      "refs/tags/tree tree",
    ])
    await using facts = await openFacts()
    expect(await facts.index(await facts.register(source.path))).toMatchObject({ commits: 1 })
  })

  test("elsewhere than at branches and tags do not come, replacements and grafts among them", async () => {
    await using source = await linearHistory()
    const [tip, other] = [source.git("rev-parse", "main"), source.git("rev-parse", "main~5")]
    source.git("replace", tip, other)
    source.git("update-ref", "refs/pull/1/head", other)
    await using setting = await serving({ source })
    const { mirror, tip: found } = await setting.mirrors().fetch("7", setting.remote)
    expect(found).toBe(tip)
    const { output } = await mirror.git.run(["for-each-ref", "--format=%(refname)"], { repository: mirror })
    expect(output.toString()).toBe("refs/heads/main\n")
    expect(await collect(readCommits(mirror, { tips: [tip] }))).toHaveLength(12)
    // Even if one got in, it would not count.
    await mirror.git.run(["update-ref", `refs/replace/${tip}`, other], { repository: mirror })
    expect(await collect(readCommits(mirror, { tips: [tip] }))).toHaveLength(12)
  })

  test("without a branch: HEAD that is detached, or names nothing", async () => {
    await using source = await linearHistory()
    await using setting = await serving({ source })
    source.git("update-ref", "--no-deref", "HEAD", "main~2")
    expect(await setting.mirrors().fetch("7", setting.remote)).toMatchObject({
      branch: "main",
      tip: source.git("rev-parse", "main"),
    })
    await using tagged = await createRepository()
    const objects = rawObjects(tagged)
    objects.ref("refs/tags/only", objects.commit(objects.tree([])))
    await using headless = await serving({ source: tagged })
    await expect(headless.mirrors().fetch("7", headless.remote)).rejects.toMatchObject({ code: "REPOSITORY_EMPTY" })
  })

  test("that name something else than a commit are no branch to analyse", async () => {
    await using source = await handmade((o) => o.commit(o.tree([file(o, "a")])))
    rawObjects(source).ref("refs/heads/odd", source.git("rev-parse", "main^{tree}"))
    await using setting = await serving({ source })
    await expect(setting.mirrors().fetch("7", setting.remote, { branch: "odd" })).rejects.toMatchObject({
      code: expect.stringMatching(/^GIT_/),
    })
    expect(leftovers(setting.root)).toEqual([])
  })
})
