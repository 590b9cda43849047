import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { mkdir, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, test, vi } from "vitest"
import { lockMirror } from "../../src/mirror/mirror-lock.js"
import { unlessInUse, useMirror } from "../../src/mirror/mirror-use.js"
import { createMirrors } from "../../src/mirror/mirrors.js"
import type { Mirrors } from "../../src/mirror/mirrors.js"
import { processIdentity } from "../../src/mirror/process-identity.js"
import { parseRemoteUrl } from "../../src/remote/remote-url.js"
import { createRepository, noise } from "../helpers/create-repository.js"
import type { TestRepository } from "../helpers/create-repository.js"
import { leftovers, serving } from "../helpers/serving.js"
import { createSignal } from "../helpers/signal.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"

const local = (source: TestRepository): ReturnType<typeof parseRemoteUrl> =>
  parseRemoteUrl(source.path, { trusted: true })

/** A repository whose mirror takes `size` bytes and a few thousand more. */
async function ofSize(size: number, seed = size): Promise<TestRepository> {
  const source = await createRepository()
  source.commit({ files: { "noise.bin": noise(size, seed) } })
  source.write()
  return source
}

const present = async (mirrors: Mirrors): Promise<string[]> =>
  (await mirrors.usage()).mirrors.map(({ id }) => id).sort()

async function setLastUse(root: string, id: string, at: number): Promise<void> {
  await utimes(join(root, "mirrors", id, "assay-size"), at, at)
}

const storageBytes = 1_000_000

describe("a limit on what the mirrors take together", () => {
  test("lets those go first that were not used for the longest time, also after a restart, and they come back", async () => {
    await using source = await ofSize(300_000)
    await using root = await temporaryFolder()
    const open = (): Mirrors => createMirrors({ root: root.path, storageBytes })
    for (const id of ["a", "b", "c"]) await open().fetch(id, local(source))
    const before = await open().usage()
    expect(before).toMatchObject({ limit: storageBytes, mirrors: [{ id: "a" }, { id: "b" }, { id: "c" }] })
    expect(before.bytes).toBeGreaterThan(900_000)
    expect(before.bytes).toBeLessThanOrEqual(storageBytes)
    for (const [index, id] of ["a", "b", "c"].entries()) await setLastUse(root.path, id, 1_700_000_000 + index)

    // Reading is a use as well.
    await (await open().use("a")).release()
    await open().fetch("d", local(source))
    expect(await present(open())).toEqual(["a", "c", "d"])
    expect(await open().open("b")).toBeUndefined()
    expect(await open().fetch("b", local(source))).toMatchObject({ outcome: "created" })
    expect(await present(open())).toEqual(["a", "b", "d"])
    expect((await open().usage()).bytes).toBeLessThanOrEqual(storageBytes)
    expect(leftovers(root.path)).toEqual([])
  })

  test("never takes one that somebody uses or writes; what does not fit then is told that the disk is full, and may come again", async () => {
    await using source = await ofSize(300_000)
    await using large = await ofSize(600_000)
    await using root = await temporaryFolder()
    const mirrors = createMirrors({ root: root.path, storageBytes })
    const other = createMirrors({ root: root.path, storageBytes })
    for (const id of ["a", "b", "c"]) await mirrors.fetch(id, local(source))
    const using = await other.use("a")
    const writing = await lockMirror(join(root.path, "locks"), "b")
    await expect(mirrors.fetch("d", local(large))).rejects.toMatchObject({
      code: "DISK_FULL",
      retryable: true,
      hint: expect.stringContaining("GIT_STORAGE_LIMIT"),
    })
    expect(await present(mirrors)).toEqual(["a", "b"])
    expect((await mirrors.usage()).mirrors.find(({ id }) => id === "a")).toMatchObject({ inUse: true })
    await writing.release()
    await expect(mirrors.fetch("d", local(large))).resolves.toMatchObject({ outcome: "created" })
    expect(await present(mirrors)).toEqual(["a", "d"])
    await using.release()
    await using.release()
    // The end of a use is the last use.
    await mirrors.fetch("e", local(source))
    expect(await present(mirrors)).toEqual(["a", "e"])
    expect(leftovers(root.path)).toEqual([])
  })

  test("refuses a repository that is larger by itself, and leaves the others where they are", async () => {
    await using source = await ofSize(300_000)
    await using large = await ofSize(1_200_000)
    await using root = await temporaryFolder()
    const mirrors = createMirrors({ root: root.path, storageBytes })
    await mirrors.fetch("a", local(source))
    await expect(mirrors.fetch("b", local(large))).rejects.toMatchObject({
      code: "REPOSITORY_TOO_LARGE",
      retryable: false,
      hint: expect.stringContaining("GIT_STORAGE_LIMIT"),
    })
    expect(await present(mirrors)).toEqual(["a"])
    expect(leftovers(root.path)).toEqual([])
  })

  test("holds while a mirror grows with its updates", async () => {
    await using source = await ofSize(300_000)
    await using root = await temporaryFolder()
    const mirrors = createMirrors({ root: root.path, storageBytes })
    await mirrors.fetch("a", local(source))
    await mirrors.fetch("b", local(source))
    source.commit({ from: "refs/heads/main", files: { "more.bin": noise(500_000, 9) } })
    const tip = source.write()
    expect(await mirrors.fetch("b", local(source))).toMatchObject({ outcome: "updated", tip })
    expect(await present(mirrors)).toEqual(["b"])
    expect((await mirrors.usage()).bytes).toBeLessThanOrEqual(storageBytes)
  })

  test("counts a mirror that nobody has counted, and what is being made", async () => {
    await using source = await ofSize(300_000)
    await using root = await temporaryFolder()
    const mirrors = createMirrors({ root: root.path, storageBytes })
    await mirrors.fetch("a", local(source))
    const counted = await mirrors.usage()
    for (const damage of ["rm", "half"]) {
      const record = join(root.path, "mirrors/a/assay-size")
      if (damage === "rm") await rm(record)
      else await writeFile(record, "12")
      expect((await mirrors.usage()).bytes).toBeGreaterThanOrEqual(counted.bytes)
      expect(existsSync(record)).toBe(true)
    }
    await mkdir(join(root.path, "quarantine", `${processIdentity()}.one`), { recursive: true })
    await writeFile(join(root.path, "quarantine", `${processIdentity()}.one`, "pack"), Buffer.alloc(800_000))
    expect((await mirrors.usage()).bytes).toBeGreaterThan(counted.bytes + 800_000)
    await expect(mirrors.fetch("b", local(source))).rejects.toMatchObject({ code: "DISK_FULL" })
  })

  test("is kept to by two on one folder that fetch at the same time", async () => {
    await using source = await ofSize(200_000)
    await using root = await temporaryFolder()
    const workers = [1, 2].map(() => createMirrors({ root: root.path, storageBytes }))
    let most = 0
    const ids = Array.from({ length: 12 }, (_, index) => `m${index}`)
    await Promise.all(
      workers.map(async (mirrors, which) => {
        for (const id of ids.filter((_, index) => index % 2 === which)) {
          await mirrors.fetch(id, local(source)).catch((error: unknown) => {
            expect(error).toMatchObject({ code: "DISK_FULL" })
          })
          most = Math.max(most, (await mirrors.usage()).bytes)
        }
      }),
    )
    // What arrives within one look of the watchdog comes on top.
    expect(most).toBeLessThanOrEqual(storageBytes + 2 * 210_000)
    const { bytes, mirrors } = await workers[0]!.usage()
    expect(bytes).toBeLessThanOrEqual(storageBytes + 210_000)
    expect(mirrors.length).toBeGreaterThanOrEqual(3)
    expect(leftovers(root.path)).toEqual([])
  })

  test("stops a transfer for which there is no room left, in the middle of it", async () => {
    await using held = await ofSize(600_000)
    const reached = createSignal()
    await using setting = await serving({
      source: await ofSize(2_000_000),
      pack(chunk, response, before) {
        if (before > 700_000) {
          reached.resolve()
          return false
        }
        response.write(chunk)
        return true
      },
    })
    const mirrors = setting.mirrors({ storageBytes: 1_000_000 })
    await mirrors.fetch("held", local(held))
    await using _use = await mirrors.use("held")
    const started = performance.now()
    const fetching = mirrors.fetch("7", setting.remote)
    await expect(fetching).rejects.toMatchObject({ code: "DISK_FULL", retryable: true })
    await reached.promise
    expect(performance.now() - started).toBeLessThan(10_000)
    expect(await present(mirrors)).toEqual(["held"])
    expect(leftovers(setting.root)).toEqual([])
  })
})

test("a mirror that has outgrown the limit with its updates is made anew, which makes it smaller", async () => {
  await using source = await ofSize(300_000)
  await using root = await temporaryFolder()
  const mirrors = createMirrors({ root: root.path, limits: { repositoryBytes: 800_000 } })
  await mirrors.fetch("a", local(source))
  source.git("update-ref", "-d", "refs/heads/main")
  source.commit({ files: { "other.bin": noise(600_000, 5) } })
  const tip = source.write()
  expect(await mirrors.fetch("a", local(source))).toMatchObject({ outcome: "rebuilt", tip })
  expect((await mirrors.usage()).bytes).toBeLessThan(800_000)
})

describe("the mark that a mirror is in use", () => {
  async function idle(): Promise<ChildProcess & { pid: number }> {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000); console.log('up')"], {
      stdio: ["ignore", "pipe", "ignore"],
    })
    await once(child.stdout, "data")
    return child as unknown as ChildProcess & { pid: number }
  }

  test("of a process that was killed does not count, and is swept", async () => {
    await using source = await ofSize(300_000)
    await using root = await temporaryFolder()
    const mirrors = createMirrors({ root: root.path, storageBytes: 500_000 })
    await mirrors.fetch("a", local(source))
    const victim = await idle()
    await mkdir(join(root.path, "uses"), { recursive: true })
    await symlink(processIdentity(victim.pid), join(root.path, "uses/a.x.use"))
    await symlink(processIdentity(victim.pid), join(root.path, "uses/b.eviction"))
    await expect(mirrors.fetch("b", local(source))).rejects.toMatchObject({ code: "DISK_FULL" })
    victim.kill("SIGKILL")
    await once(victim, "exit")
    await (await mirrors.use("b")).release()
    expect(await mirrors.fetch("b", local(source))).toMatchObject({ outcome: "created" })
    expect(await present(mirrors)).toEqual(["b"])
    await mirrors.sweep()
    expect(await readdir(join(root.path, "uses"))).toEqual([])
  })

  test("waits for the moment that an eviction takes, and an eviction gives way to a mark", async () => {
    await using root = await temporaryFolder()
    const evicting = createSignal()
    const goOn = createSignal()
    const eviction = unlessInUse(root.path, "a", async () => {
      evicting.resolve()
      await goOn.promise
    })
    await evicting.promise
    let marked = false
    const marking = useMirror(root.path, "a").then((use) => {
      marked = true
      return use
    })
    const other = await useMirror(root.path, "b")
    expect(marked).toBe(false)
    const stopping = new AbortController()
    const stopped = useMirror(root.path, "a", stopping.signal)
    stopping.abort()
    await expect(stopped).rejects.toMatchObject({ code: "ABORTED" })
    goOn.resolve()
    expect(await eviction).toBe(true)
    const use = await marking
    const evict = vi.fn(async () => {})
    expect(await unlessInUse(root.path, "a", evict)).toBe(false)
    expect(evict).not.toHaveBeenCalled()
    await use.release()
    await other.release()
    expect(await unlessInUse(root.path, "a", evict)).toBe(true)
    expect(await readdir(root.path)).toEqual([])
  })
})
