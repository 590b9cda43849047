import { spawn } from "node:child_process"
import { once } from "node:events"
import { chmod, mkdir, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { readCommits } from "../../src/history/read-commits.js"
import { hasCommit, isAncestor, readRevisions } from "../../src/history/revisions.js"
import { lockMirror } from "../../src/mirror/mirror-lock.js"
import { createMirrors } from "../../src/mirror/mirrors.js"
import { processIdentity } from "../../src/mirror/process-identity.js"
import { parseRemoteUrl } from "../../src/remote/remote-url.js"
import { createRepository, lines } from "../helpers/create-repository.js"
import { collect } from "../helpers/open-mirror.js"
import { linearHistory, mergesAndRenames } from "../helpers/scenarios.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"

const local = (path: string): ReturnType<typeof parseRemoteUrl> => parseRemoteUrl(path, { trusted: true })

describe("a mirror", () => {
  test("is made, found unchanged, and brought up to date", async () => {
    await using source = await linearHistory()
    await using root = await temporaryFolder()
    const mirrors = createMirrors({ root: root.path })
    const first = source.git("rev-parse", "main")
    expect(await mirrors.open("1")).toBeUndefined()
    expect(await mirrors.fetch("1", local(source.path))).toMatchObject({
      outcome: "created",
      branch: "main",
      tip: first,
    })
    expect(await mirrors.fetch("1", local(source.path))).toMatchObject({ outcome: "unchanged", tip: first })
    source.commit({ from: "refs/heads/main", files: { "src/a.ts": lines(4) } })
    const second = source.write()
    expect(await mirrors.fetch("1", local(source.path))).toMatchObject({ outcome: "updated", tip: second })
    const mirror = (await mirrors.open("1"))!
    expect(await isAncestor(mirror, { ancestor: first, descendant: second })).toBe(true)
    expect(mirror.git.warning).toBeUndefined()
  })

  test("follows a rewritten history, and keeps the commits that results refer to", async () => {
    await using source = await linearHistory()
    await using root = await temporaryFolder()
    const mirrors = createMirrors({ root: root.path })
    const { tip: old } = await mirrors.fetch("1", local(source.path))
    source.commit({ files: { "other.txt": "rewritten\n" } })
    const rewritten = source.write()
    const { mirror, ...result } = await mirrors.fetch("1", local(source.path), { keep: [old] })
    expect(result).toMatchObject({ outcome: "updated", tip: rewritten })
    expect(await isAncestor(mirror, { ancestor: old, descendant: rewritten })).toBe(false)
    expect(
      (
        await mirror.git.run(["for-each-ref", "--format=%(objectname)", "refs/assay/keep/"], { repository: mirror })
      ).output
        .toString()
        .trim(),
    ).toBe(old)
    await mirror.git.run(["gc", "--prune=now", "--quiet"], { repository: mirror })
    expect(await hasCommit(mirror, old)).toBe(true)
  })

  test("has all branches and tags, and loses those that the remote has lost", async () => {
    await using source = await mergesAndRenames()
    await using root = await temporaryFolder()
    const mirrors = createMirrors({ root: root.path })
    const { mirror } = await mirrors.fetch("1", local(source.path))
    const refs = async (): Promise<string> =>
      (await mirror.git.run(["for-each-ref", "refs/heads", "refs/tags"], { repository: mirror })).output
        .toString()
        .trim()
    expect(await refs()).toBe(source.git("for-each-ref", "refs/heads", "refs/tags"))
    source.git("update-ref", "-d", "refs/heads/feature")
    source.git("update-ref", "-d", "refs/tags/v1.0.0")
    await mirrors.fetch("1", local(source.path))
    expect(await refs()).toBe(source.git("for-each-ref", "refs/heads", "refs/tags"))
  })

  test("uses the branch that is asked for, else the remote's own", async () => {
    await using source = await mergesAndRenames()
    await using root = await temporaryFolder()
    const mirrors = createMirrors({ root: root.path })
    expect(await mirrors.fetch("1", local(source.path), { branch: "feature" })).toMatchObject({
      branch: "feature",
      tip: source.git("rev-parse", "feature"),
    })
    await expect(mirrors.fetch("1", local(source.path), { branch: "nothing" })).rejects.toMatchObject({
      code: "GIT_NOT_FOUND",
    })
    source.git("symbolic-ref", "HEAD", "refs/heads/other")
    expect(await mirrors.fetch("1", local(source.path))).toMatchObject({ branch: "other" })
    source.git("symbolic-ref", "HEAD", "refs/heads/unborn")
    expect(await mirrors.fetch("1", local(source.path))).toMatchObject({ branch: "main" })
  })

  test("of a repository with SHA-256 is read like any other", async () => {
    await using source = await linearHistory({ objectFormat: "sha256" })
    await using root = await temporaryFolder()
    const mirrors = createMirrors({ root: root.path })
    const { mirror, tip } = await mirrors.fetch("1", local(source.path))
    expect(tip).toHaveLength(64)
    expect(await collect(readCommits(mirror, { tips: [tip] }))).toHaveLength(12)
    source.commit({ from: "refs/heads/main", files: { "src/a.ts": lines(4) } })
    source.write()
    expect(await mirrors.fetch("1", local(source.path))).toMatchObject({ outcome: "updated" })
  })

  test("that is damaged is made anew", async () => {
    await using source = await linearHistory()
    await using root = await temporaryFolder()
    const mirrors = createMirrors({ root: root.path })
    const { mirror, tip } = await mirrors.fetch("1", local(source.path))
    const packs = join(mirror.path, "objects/pack")
    for (const name of await readdir(packs)) await rm(join(packs, name))
    await expect(collect(readRevisions(mirror, { tips: [tip] }))).rejects.toMatchObject({
      code: "MIRROR_DAMAGED",
      retryable: true,
    })
    expect(await mirrors.fetch("1", local(source.path))).toMatchObject({ outcome: "rebuilt", tip })
    expect(await collect(readRevisions(mirror, { tips: [tip] }))).toHaveLength(12)
    expect(await mirrors.fetch("1", local(source.path), { rebuild: true })).toMatchObject({ outcome: "rebuilt", tip })
    expect(await readdir(join(root.path, "trash"))).toEqual([])
  })

  test("is fetched in spite of what a git that was killed left behind, and of a changed configuration", async () => {
    await using source = await linearHistory()
    await using root = await temporaryFolder()
    const mirrors = createMirrors({ root: root.path })
    const { mirror } = await mirrors.fetch("1", local(source.path))
    await writeFile(join(mirror.path, "HEAD.lock"), "")
    await writeFile(join(mirror.path, "packed-refs.lock"), "")
    await writeFile(join(mirror.path, "objects/pack/tmp_pack_x"), "half")
    await writeFile(join(mirror.path, "config"), "[core]\n\tsshCommand = touch /tmp/x\n\tbare = true\n")
    source.commit({ from: "refs/heads/main", files: { "src/a.ts": lines(4) } })
    source.write()
    expect(await mirrors.fetch("1", local(source.path))).toMatchObject({ outcome: "updated" })
    expect(await readFile(join(mirror.path, "config"), "utf8")).not.toContain("sshCommand")
    expect(await readdir(join(mirror.path, "objects/pack"))).not.toContain("tmp_pack_x")
  })

  test("is removed, also when it is not there", async () => {
    await using source = await linearHistory()
    await using root = await temporaryFolder()
    const mirrors = createMirrors({ root: root.path })
    await mirrors.fetch("1", local(source.path))
    await mirrors.remove("1")
    await mirrors.remove("1")
    expect(await mirrors.open("1")).toBeUndefined()
    for (const folder of ["mirrors", "trash", "quarantine", "locks"])
      expect(await readdir(join(root.path, folder))).toEqual([])
  })

  test("cannot have an id that is a path", async () => {
    await using root = await temporaryFolder()
    const mirrors = createMirrors({ root: root.path })
    for (const id of ["../x", "a/b", "", "A", "."])
      await expect(mirrors.fetch(id, local("/x"))).rejects.toThrow(RangeError)
  })
})

describe("a source that cannot be mirrored is refused with a reason:", () => {
  test("no commit yet", async () => {
    await using source = await createRepository()
    await using root = await temporaryFolder()
    await expect(createMirrors({ root: root.path }).fetch("1", local(source.path))).rejects.toMatchObject({
      code: "REPOSITORY_EMPTY",
      retryable: false,
    })
  })

  test("nothing there", async () => {
    await using root = await temporaryFolder()
    await expect(createMirrors({ root: root.path }).fetch("1", local(root.path))).rejects.toMatchObject({
      code: "GIT_NOT_FOUND",
    })
    await expect(
      createMirrors({ root: root.path }).fetch("1", local(join(root.path, "nothing"))),
    ).rejects.toMatchObject({ code: "GIT_NOT_FOUND" })
  })

  test("a shallow clone", async () => {
    await using source = await linearHistory()
    await using root = await temporaryFolder()
    source.git("clone", "--quiet", "--bare", "--depth=2", source.url, join(root.path, "shallow"))
    await expect(
      createMirrors({ root: root.path }).fetch("1", local(join(root.path, "shallow"))),
    ).rejects.toMatchObject({ code: "GIT_URL_REFUSED", why: "shallow" })
  })

  test.runIf(process.getuid?.() === 0)("a checkout of another user", async () => {
    await using source = await linearHistory()
    await using root = await temporaryFolder()
    const { chown } = await import("node:fs/promises")
    await chown(source.path, 12_345, 12_345)
    await expect(createMirrors({ root: root.path }).fetch("1", local(source.path))).rejects.toMatchObject({
      code: "GIT_URL_REFUSED",
      why: "owner",
    })
  })

  test("no space", async () => {
    await using source = await linearHistory()
    await using root = await temporaryFolder()
    const mirrors = createMirrors({ root: root.path, limits: { freeBytes: Number.MAX_SAFE_INTEGER } })
    await expect(mirrors.fetch("1", local(source.path))).rejects.toMatchObject({ code: "DISK_FULL", retryable: true })
  })
})

describe("several workers", () => {
  test("on one mirror take turns", async () => {
    await using source = await linearHistory()
    await using root = await temporaryFolder()
    const workers = [1, 2, 3].map(() => createMirrors({ root: root.path }))
    const outcomes = await Promise.all(
      workers.map(async (mirrors) => (await mirrors.fetch("1", local(source.path))).outcome),
    )
    expect(outcomes.sort()).toEqual(["created", "unchanged", "unchanged"])
  })

  test("wait for a lock until they are told to stop", async () => {
    await using root = await temporaryFolder()
    const held = await lockMirror(root.path, "1")
    const stopping = new AbortController()
    const waiting = lockMirror(root.path, "1", stopping.signal)
    stopping.abort()
    await expect(waiting).rejects.toMatchObject({ code: "ABORTED" })
    await held.release()
    await held.release()
    await (await lockMirror(root.path, "1")).release()
    expect(await readdir(root.path)).toEqual([])
  })

  test("take over the lock, and sweep the leftovers, of a process that was killed, and of no other", async () => {
    await using root = await temporaryFolder()
    const victim = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000); console.log('up')"], {
      stdio: ["ignore", "pipe", "ignore"],
    })
    await once(victim.stdout, "data")
    const identity = processIdentity(victim.pid)
    const mirrors = createMirrors({ root: root.path })
    for (const parent of ["quarantine", "trash"]) {
      for (const name of [`${identity}.one`, `${processIdentity()}.two`]) {
        await mkdir(join(root.path, parent, name, "objects"), { recursive: true })
        await writeFile(join(root.path, parent, name, "objects/pack"), "")
      }
    }
    await chmod(join(root.path, "trash", `${identity}.one`, "objects/pack"), 0o400)
    await mkdir(join(root.path, "locks"))
    await symlink(`${identity}.x`, join(root.path, "locks/1.lock"))

    expect(await mirrors.sweep()).toBe(0)
    const stopping = AbortSignal.timeout(100)
    await expect(lockMirror(join(root.path, "locks"), "1", stopping)).rejects.toMatchObject({ code: "ABORTED" })

    victim.kill("SIGKILL")
    await once(victim, "exit")
    // Of three that find it, each gets it, one after the other.
    let holders = 0
    const take = async (): Promise<void> => {
      const lock = await lockMirror(join(root.path, "locks"), "1")
      expect(++holders).toBe(1)
      await new Promise((resolve) => setImmediate(resolve))
      holders--
      await lock.release()
    }
    await Promise.all([take(), take(), take()])
    await symlink(`${identity}.x`, join(root.path, "locks/2.lock"))
    await symlink(`${processIdentity()}.x`, join(root.path, "locks/3.lock"))
    await symlink(`${identity}.x`, join(root.path, "locks/4.lock.takeover"))
    expect(await mirrors.sweep()).toBe(2)
    expect(await readdir(join(root.path, "locks"))).toEqual(["3.lock"])
    expect(await readdir(join(root.path, "quarantine"))).toEqual([`${processIdentity()}.two`])
  })
})
