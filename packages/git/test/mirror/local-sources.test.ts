import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { appendFile, chmod, mkdir, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { createMirrors } from "../../src/mirror/mirrors.js"
import type { FetchResult } from "../../src/mirror/mirrors.js"
import { parseRemoteUrl } from "../../src/remote/remote-url.js"
import { testEnvironment } from "../helpers/create-repository.js"
import { linearHistory } from "../helpers/scenarios.js"
import { leftovers } from "../helpers/serving.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"

const git = (...args: string[]): string =>
  execFileSync("git", ["-c", "protocol.file.allow=always", ...args], {
    env: {
      ...testEnvironment,
      GIT_AUTHOR_NAME: "A",
      GIT_AUTHOR_EMAIL: "a@b",
      GIT_COMMITTER_NAME: "A",
      GIT_COMMITTER_EMAIL: "a@b",
    },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim()

interface Setting extends AsyncDisposable {
  folder: string
  /** A checkout, as somebody who works on it has it. */
  checkout: string
  tip: string
  fetch(path: string): Promise<FetchResult>
}

async function setUp(): Promise<Setting> {
  await using source = await linearHistory()
  const folder = await temporaryFolder()
  const checkout = join(folder.path, "checkout")
  git("clone", "--quiet", source.path, checkout)
  const root = join(folder.path, "mirrors")
  return {
    folder: folder.path,
    checkout,
    tip: git("-C", checkout, "rev-parse", "HEAD"),
    async fetch(path) {
      try {
        return await createMirrors({ root }).fetch("7", parseRemoteUrl(path, { trusted: true }))
      } finally {
        expect(leftovers(root)).toEqual([])
      }
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

describe("a path on this machine", () => {
  test("may be a checkout, its .git, or a bare repository", async () => {
    await using setting = await setUp()
    const { checkout, folder, tip } = setting
    git("clone", "--quiet", "--bare", checkout, join(folder, "bare"))
    for (const path of [checkout, `${checkout}/`, join(checkout, ".git"), join(folder, "bare")]) {
      expect(await setting.fetch(path)).toMatchObject({ branch: "main", tip })
    }
  })

  test("may be a checkout whose .git is a file: a worktree, a submodule", async () => {
    await using setting = await setUp()
    const { checkout, folder, tip } = setting
    git("-C", checkout, "worktree", "add", "--quiet", "-b", "side", join(folder, "worktree"), "HEAD~2")
    expect(await setting.fetch(join(folder, "worktree"))).toMatchObject({
      branch: "side",
      tip: git("-C", checkout, "rev-parse", "side"),
    })

    const outer = join(folder, "outer")
    git("init", "--quiet", outer)
    git("-C", outer, "submodule", "--quiet", "add", checkout, "inner")
    expect(await setting.fetch(join(outer, "inner"))).toMatchObject({ branch: "main", tip })
  })

  test("that is not a repository is not found", async () => {
    await using setting = await setUp()
    const { checkout, folder } = setting
    await mkdir(join(folder, "empty"))
    await mkdir(join(folder, "pretends/.git"), { recursive: true })
    await mkdir(join(folder, "dangling"))
    await writeFile(join(folder, "dangling/.git"), `gitdir: ${folder}/nowhere\n`)
    for (const path of ["nothing", "empty", "pretends", "dangling", "checkout/src", "checkout/src/a.ts"]) {
      await expect(setting.fetch(join(folder, path)), path).rejects.toMatchObject({
        code: "GIT_NOT_FOUND",
        retryable: false,
      })
    }
    expect(existsSync(checkout)).toBe(true)
  })

  test.runIf(process.getuid?.() === 0)(
    "that belongs to another user is not read, however it is pointed at",
    async () => {
      await using setting = await setUp()
      const { checkout, folder } = setting
      git("-C", checkout, "worktree", "add", "--quiet", "-b", "side", join(folder, "worktree"), "HEAD")
      const { file } = await setTrap(setting)
      execFileSync("chown", ["-R", "nobody", checkout])
      await mkdir(join(folder, "pointer"))
      await writeFile(join(folder, "pointer/.git"), `gitdir: ${checkout}/.git\n`)
      for (const path of [checkout, join(checkout, ".git"), join(folder, "worktree"), join(folder, "pointer")]) {
        await expect(setting.fetch(path), path).rejects.toMatchObject({
          code: "GIT_URL_REFUSED",
          why: "owner",
          retryable: false,
        })
      }
      expect(existsSync(file)).toBe(false)
    },
  )
})

/** A program that leaves a file behind when it is run, named wherever the source's own configuration can name one. */
async function setTrap({ folder, checkout }: Setting): Promise<{ file: string; program: string }> {
  const file = join(folder, "canary")
  const program = join(folder, "trap")
  await writeFile(program, `#!/bin/sh\necho "$0 $*" >> ${file}\nexit 1\n`)
  await chmod(program, 0o755)
  const hooks = [
    "reference-transaction",
    "post-checkout",
    "pre-auto-gc",
    "pre-receive",
    "update",
    "post-update",
    "post-index-change",
    "fsmonitor-watchman",
  ]
  for (const hook of hooks) {
    await rm(join(checkout, ".git/hooks", hook), { force: true })
    await writeFile(join(checkout, ".git/hooks", hook), `#!/bin/sh\n${program} ${hook}\n`, { mode: 0o755 })
  }
  const text = `
[core]
	fsmonitor = ${program}
	alternateRefsCommand = ${program}
	sshCommand = ${program}
	gitProxy = ${program}
	pager = ${program}
	editor = ${program}
	askPass = ${program}
[uploadpack]
	packObjectsHook = ${program}
[credential]
	helper = ${program}
[diff]
	external = ${program}
[gpg]
	program = ${program}
[alias]
	upload-pack = !${program}
	pack-objects = !${program}
	fetch = !${program}
[pager]
	upload-pack = ${program}
[remote "origin"]
	uploadpack = ${program}
	receivepack = ${program}
	vcs = ext
[filter "x"]
	smudge = ${program}
	clean = ${program}
	process = ${program}
`
  await writeFile(join(folder, "included"), text)
  await appendFile(join(checkout, ".git/config"), `${text}[include]\n\tpath = ${join(folder, "included")}\n`)
  await writeFile(join(checkout, ".git/info/attributes"), "* filter=x diff=x\n")
  // The trap works: git in the checkout itself falls into it.
  expect(existsSync(file)).toBe(false)
  try {
    git("-C", checkout, "status")
  } catch {
    // It may be too much for git.
  }
  expect(existsSync(file)).toBe(true)
  await rm(file)
  return { file, program }
}

describe("what the configuration and the hooks of a source name is not run", () => {
  test("when it is fetched, nor when it is fetched again", async () => {
    await using setting = await setUp()
    const { checkout, folder, tip } = setting
    await writeFile(join(checkout, "new.txt"), "new\n")
    git("-C", checkout, "add", "new.txt")
    git("-C", checkout, "commit", "--quiet", "-m", "new")
    const next = git("-C", checkout, "rev-parse", "HEAD")
    git("-C", checkout, "reset", "--quiet", "--hard", "HEAD~1")
    const { file } = await setTrap(setting)
    expect(await setting.fetch(checkout)).toMatchObject({ outcome: "created", tip })
    await writeFile(join(checkout, ".git/refs/heads/main"), `${next}\n`)
    expect(await setting.fetch(checkout)).toMatchObject({ outcome: "updated", tip: next })
    expect(existsSync(file)).toBe(false)

    // The same as a bare repository, and with another one as an alternate, whose refs git would ask for by command.
    const bare = join(folder, "bare")
    git("clone", "--quiet", "--bare", "--shared", checkout, bare)
    await rm(file, { force: true })
    await appendFile(join(bare, "config"), `[include]\n\tpath = ${join(folder, "included")}\n`)
    expect(await setting.fetch(bare)).toMatchObject({ branch: "main" })
    expect(existsSync(file)).toBe(false)
  })

  test("when the source is a partial clone that would fetch what it misses", async () => {
    await using setting = await setUp()
    const { checkout, folder } = setting
    const partial = join(folder, "partial")
    git("-C", checkout, "config", "uploadpack.allowFilter", "true")
    git("clone", "--quiet", "--bare", "--filter=blob:none", `file://${checkout}`, partial)
    const { file, program } = await setTrap(setting)
    git("-C", partial, "config", "remote.origin.uploadpack", program)
    expect(() => git("-C", partial, "cat-file", "-p", "main:src/a.ts")).toThrow()
    expect(existsSync(file)).toBe(true)
    await rm(file)
    await expect(setting.fetch(partial)).rejects.toMatchObject({
      code: "GIT_URL_REFUSED",
      why: "partial",
      retryable: false,
    })
    expect(existsSync(file)).toBe(false)
  })
})

test("a source that is damaged is not taken for a damaged mirror", async () => {
  await using setting = await setUp()
  const { checkout, tip } = setting
  const { mirror } = await setting.fetch(checkout)
  await writeFile(join(checkout, "new.txt"), "new\n")
  git("-C", checkout, "add", "new.txt")
  git("-C", checkout, "commit", "--quiet", "-m", "new")
  const blob = git("-C", checkout, "rev-parse", "HEAD:new.txt")
  await rm(join(checkout, ".git/objects", blob.slice(0, 2), blob.slice(2)))
  await expect(setting.fetch(checkout)).rejects.toMatchObject({
    code: "GIT_FAILED",
    retryable: false,
    message: expect.stringContaining("at its source"),
  })
  expect(git("--git-dir", mirror.path, "rev-parse", "main")).toBe(tip)
})
