import { describe, expect, test } from "vitest"
import type { GitErrorCode, TrustedPrefix } from "../../src/index.js"
import { createRepositorySource } from "../../src/index.js"
import { sizeOf } from "../../src/mirror/size-watchdog.js"
import { advertise } from "../helpers/advertise.js"
import { bombTree, deepTree, handmade, wideTree } from "../helpers/bombs.js"
import { createRepository } from "../helpers/create-repository.js"
import type { TestRepository } from "../helpers/create-repository.js"
import { openFacts } from "../helpers/open-facts.js"
import type { Facts } from "../helpers/open-facts.js"
import { collect, openMirror } from "../helpers/open-mirror.js"
import { processesWith } from "../helpers/processes.js"
import { linearHistory } from "../helpers/scenarios.js"
import { makePack, sendPack } from "../helpers/send-pack.js"
import { leftovers, serving } from "../helpers/serving.js"
import { watchChildren } from "../helpers/watch-children.js"
import { readTree } from "../../src/history/read-tree.js"

const megabyte = 1024 ** 2
/** What one git process may take here. */
const memoryBytes = 400 * megabyte

interface Bomb {
  name: string
  make(): Promise<TestRepository>
  expected: { code: GitErrorCode | RegExp; message: RegExp }
  withinMs: number
}

const bombs: Bomb[] = [
  {
    name: "ten thousand million paths in a few kilobytes",
    make: () => handmade((objects) => objects.commit(bombTree(objects, 10))),
    expected: { code: "REPOSITORY_TOO_LARGE", message: /more memory than it may have/ },
    withinMs: 15_000,
  },
  {
    name: "many commits that each change a hundred thousand paths",
    make: () =>
      handmade((objects) => {
        const trees = (["100644", "100755"] as const).map((mode) => bombTree(objects, 5, mode))
        let tip: string | undefined
        for (let turn = 0; turn < 30; turn++) {
          const message = `turn ${turn}`
          tip = objects.commit(trees[turn % 2]!, { message, ...(tip === undefined ? {} : { parents: [tip] }) })
        }
        return tip!
      }),
    expected: { code: "REPOSITORY_TOO_LARGE", message: /change more files than can be read at once/ },
    withinMs: 60_000,
  },
  {
    name: "folders within folders, twenty thousand deep",
    make: () => handmade((objects) => objects.commit(deepTree(objects, 20_000)), { pack: false }),
    expected: { code: /GIT_FAILED|REPOSITORY_TOO_LARGE/, message: /crashed|deeper than git can read|more memory/ },
    withinMs: 60_000,
  },
  {
    name: "a message of forty megabytes",
    make: () => handmade((objects) => objects.commit(bombTree(objects, 1), { message: "x".repeat(40 * megabyte) })),
    expected: { code: "REPOSITORY_TOO_LARGE", message: /name or text of more than/ },
    withinMs: 15_000,
  },
]

async function indexHere(facts: Facts, path: string): Promise<unknown> {
  const handle = await facts.enqueue("index", await facts.register(path))
  return handle.result().catch(async () => {
    const { attempts, failure } = await handle.get()
    return { attempts, failure }
  })
}

describe("an index of", () => {
  test.each(bombs)(
    "$name fails for good, within its time and memory, and the next repository is indexed",
    async ({ make, expected, withinMs }) => {
      await using source = await make()
      await using sane = await linearHistory()
      await using facts = await openFacts({ mirrors: { memoryBytes } })
      const before = process.memoryUsage.rss()
      using watch = watchChildren()
      const started = performance.now()
      expect(await indexHere(facts, source.path)).toMatchObject({
        attempts: 1,
        failure: {
          retryable: false,
          code: typeof expected.code === "string" ? expected.code : expect.stringMatching(expected.code),
          message: expect.stringMatching(expected.message),
        },
      })
      expect(performance.now() - started).toBeLessThan(withinMs)
      expect(watch.peakBytes).toBeGreaterThan(0)
      expect(watch.peakBytes).toBeLessThan(memoryBytes + 10 * megabyte)
      expect(watch.ownPeakBytes - before).toBeLessThan(1_500 * megabyte)
      expect(processesWith(source.path)).toEqual([])
      expect(await indexHere(facts, sane.path)).toMatchObject({ commits: 12 })
    },
    120_000,
  )

  test("a file larger than the memory of git ends well, and so does looking into it", async () => {
    await using source = await handmade((objects) =>
      objects.commit(
        objects.tree([
          { mode: "100644", name: "large.bin", oid: objects.blob(Buffer.alloc(500 * megabyte)) },
          { mode: "100644", name: "small.txt", oid: objects.blob("small\n") },
        ]),
      ),
    )
    await using facts = await openFacts({ mirrors: { memoryBytes } })
    using watch = watchChildren()
    const repository = await facts.register(source.path)
    expect(await facts.index(repository)).toMatchObject({ files: 2 })
    const reading = createRepositorySource({ mirrors: facts.mirrors })
    const { signal } = new AbortController()
    const commit = source.git("rev-parse", "main")
    const paths = ["large.bin", "small.txt"]
    const started = performance.now()
    const files = await reading.readFiles(repository, { commit, paths, bytes: 1_000, signal })
    expect(performance.now() - started).toBeLessThan(15_000)
    expect(files!.get("large.bin")).toHaveLength(1_000)
    expect(Buffer.from(files!.get("small.txt")!).toString()).toBe("small\n")
    expect(watch.peakBytes).toBeLessThan(memoryBytes)
  }, 120_000)
})

describe("reading the files of a commit", () => {
  test("ends at the limit on their number, in a folder or in a bomb", async () => {
    await using wide = await handmade((objects) => objects.commit(wideTree(objects, 1_000_001)))
    await using bomb = await handmade((objects) => objects.commit(bombTree(objects, 9)))
    for (const source of [wide, bomb]) {
      await using mirror = await openMirror(source)
      const started = performance.now()
      await expect(collect(readTree(mirror.mirror, mirror.tip))).rejects.toMatchObject({
        code: "REPOSITORY_TOO_LARGE",
        retryable: false,
      })
      expect(performance.now() - started).toBeLessThan(20_000)
      expect(processesWith(mirror.mirror.path)).toEqual([])
    }
  }, 120_000)

  test("in a folder with a million entries finds the one that is asked for", async () => {
    await using wide = await handmade((objects) => objects.commit(wideTree(objects, 1_000_000)))
    await using facts = await openFacts()
    const repository = await facts.register(wide.path)
    const source = createRepositorySource({ mirrors: facts.mirrors })
    const { signal } = new AbortController()
    const { commit } = await source.fetch(repository, { signal })
    const started = performance.now()
    const files = await source.readFiles(repository, { commit, paths: ["f00999999", "f01000000"], signal })
    expect(performance.now() - started).toBeLessThan(10_000)
    expect(files!.get("f00999999")).toHaveLength(1)
    expect(files!.get("f01000000")).toBeUndefined()
  }, 120_000)
})

describe("a pack", () => {
  const tip = "1".repeat(40)
  const advertisement = { head: "refs/heads/main", refs: [["refs/heads/main", tip]] as const }

  async function fetchOf(pack: Buffer): Promise<{ error: unknown; peakBytes: number; ms: number; bytes: number }> {
    await using setting = await serving({ intercept: sendPack(advertisement, pack) })
    using watch = watchChildren()
    const started = performance.now()
    const error: unknown = await setting
      .mirrors({ memoryBytes })
      .fetch("7", setting.remote)
      .then(
        () => undefined,
        (caught: unknown) => caught,
      )
    const ms = performance.now() - started
    expect(leftovers(setting.root)).toEqual([])
    expect(processesWith(String(setting.server.port))).toEqual([])
    return { error, peakBytes: watch.peakBytes, ms, bytes: (await sizeOf(setting.root)).bytes }
  }

  test("of deltas that grow to thousands of megabytes is refused at git's memory", async () => {
    const step = 8 * megabyte
    const base = { kind: "blob" as const, content: Buffer.alloc(step) }
    let size = step
    const deltas = Array.from({ length: 9 }, (_, index) => {
      const delta = {
        base: index,
        sizes: [size, size * 2] as const,
        copies: Array.from({ length: (2 * size) / step }, (_, copy) => [(copy * step) % size, step] as const),
      }
      size *= 2
      return delta
    })
    const pack = makePack([base, ...deltas])
    expect(pack.length).toBeLessThan(100_000)
    const { error, peakBytes, ms, bytes } = await fetchOf(pack)
    expect(error).toMatchObject({ code: "REPOSITORY_TOO_LARGE", retryable: false })
    expect(peakBytes).toBeLessThan(memoryBytes + 10 * megabyte)
    expect(ms).toBeLessThan(15_000)
    expect(bytes).toBeLessThan(megabyte)
  }, 120_000)

  test("that promises more objects than it has, or a size that is not true, is no mirror", async () => {
    const blob = { kind: "blob" as const, content: Buffer.from("x") }
    const promising = makePack([blob])
    promising.writeUInt32BE(4_000_000_000, 8)
    const lying = makePack([blob, { base: 0, sizes: [1, 4_000_000_000], copies: [[0, 1]] }])
    for (const pack of [promising, lying, Buffer.from("PACK"), Buffer.alloc(0), Buffer.from("<html>")]) {
      const { error, peakBytes, ms } = await fetchOf(pack)
      expect(error).toMatchObject({ code: expect.stringMatching(/^(GIT_|REPOSITORY_TOO_LARGE)/) })
      expect(error).not.toMatchObject({ code: "GIT_TIMEOUT" })
      expect(peakBytes).toBeLessThan(memoryBytes + 10 * megabyte)
      expect(ms).toBeLessThan(15_000)
    }
  }, 120_000)

  test("that does not hold what was advertised is no mirror", async () => {
    const { error } = await fetchOf(makePack([{ kind: "blob", content: Buffer.from("x") }]))
    expect(error).toMatchObject({ code: expect.stringMatching(/^GIT_/) })
  })
})

test("refs whose names are made of a thousand folders each are refused before git makes them", async () => {
  const allow: TrustedPrefix[] = []
  const oid = "1".repeat(40)
  const deep = Array.from({ length: 40 }, (_, index) => [`refs/heads/${index}${"/a".repeat(500)}`, oid] as const)
  await using source = await createRepository()
  await using setting = await serving({ source, intercept: advertise({ refs: deep }) })
  await expect(
    setting.mirrors({ allow: [...allow, ...setting.allow], limits: { refs: 10_000 } }).fetch("7", setting.remote),
  ).rejects.toMatchObject({ code: "REPOSITORY_TOO_LARGE", message: expect.stringContaining("parts") })
  expect((await sizeOf(setting.root)).entries).toBeLessThan(50)
})
