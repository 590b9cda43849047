import type { Repository } from "@assay/core"
import { readdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { createRepositorySource } from "../../src/index.js"
import type { RepositorySourceOptions } from "../../src/index.js"
import { createRepository, noise } from "../helpers/create-repository.js"
import type { TestRepository } from "../helpers/create-repository.js"
import { linearHistory, oddFileNames, oddNames } from "../helpers/scenarios.js"
import { leftovers, serving } from "../helpers/serving.js"
import type { Serving } from "../helpers/serving.js"

const token = "ghp_canary0123456789abcdef"
const { signal } = new AbortController()

function repositoryAt({ remote }: Serving, more: Partial<Repository> = {}): Repository {
  const { url, key, name } = remote
  const at = new Date(0)
  const repository: Repository = {
    ...{ id: 7, tenant: "default", url, key, name, trusted: false },
    ...{ defaultBranch: undefined, snapshot: undefined, createdAt: at, updatedAt: at },
  }
  return { ...repository, ...more }
}

function sourceOf(
  setting: Serving,
  options: Partial<RepositorySourceOptions> = {},
): ReturnType<typeof createRepositorySource> {
  return createRepositorySource({ mirrors: setting.mirrors(), allow: setting.allow, ...options })
}

const text = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString("utf8")

const lfsPointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 12345\n`

async function manyKinds(): Promise<TestRepository> {
  const source = await createRepository()
  source.commit({
    files: {
      "a.txt": "a\n",
      "src/deep/er/b.ts": "b\n",
      "src/deep/c.ts": "c\n",
      "run.sh": { content: "#!/bin/sh\n", mode: "100755" },
      link: { content: "a.txt", mode: "120000" },
      "link-to-folder": { content: "src", mode: "120000" },
      module: { submodule: "1".repeat(40) },
      "large.bin": noise(200_000, 1),
      "film.mp4": lfsPointer,
      "about-lfs.md": `# ${lfsPointer}`,
      empty: "",
      ":(glob)*": "magic\n",
      "a\nb": "break\n",
    },
  })
  source.write()
  return source
}

describe("fetching", () => {
  test("says the branch and its commit, and leaves a copy to read from", async () => {
    await using setting = await serving({ source: await linearHistory() })
    const source = sourceOf(setting)
    const repository = repositoryAt(setting)
    const commit = setting.source.git("rev-parse", "main")
    expect(await source.fetch(repository, { signal })).toEqual({ commit, branch: "main" })
    const files = await source.readFiles(repository, { commit, paths: ["src/a.ts"], signal })
    expect(text(files?.get("src/a.ts"))).toBe(`${setting.source.git("show", "main:src/a.ts")}\n`)
    expect(leftovers(setting.root)).toEqual([])
  })

  test("takes the branch that is asked for, else the registered one, else, where that is gone, the remote's own", async () => {
    await using setting = await serving({ source: await linearHistory() })
    const { source: remote } = setting
    remote.git("branch", "old", "main~3")
    const source = sourceOf(setting)
    const registered = repositoryAt(setting, { defaultBranch: "old" })
    const old = remote.git("rev-parse", "old")
    expect(await source.fetch(registered, { signal })).toEqual({ commit: old, branch: "old" })
    expect(await source.fetch(registered, { branch: "main", signal })).toMatchObject({ branch: "main" })
    remote.git("branch", "-D", "old")
    await expect(source.fetch(registered, { signal })).rejects.toMatchObject({ code: "GIT_NOT_FOUND" })
    const totals = { commits: 1, mergeCommits: 0, contributors: 1, files: 1, lines: 1, additions: 1, deletions: 0 }
    const snapshot = { id: 1, number: 1, commit: old, branch: "old", publishedAt: new Date(0), totals }
    const indexed = { ...registered, snapshot }
    expect(await source.fetch(indexed, { signal })).toMatchObject({ branch: "main" })
    await expect(source.fetch(indexed, { branch: "old", signal })).rejects.toMatchObject({ code: "GIT_NOT_FOUND" })
  })

  test("reads a private repository with a token, and keeps the copy when the token is refused", async () => {
    await using setting = await serving({ source: await linearHistory(), credentials: `x-access-token:${token}` })
    const source = sourceOf(setting)
    const repository = repositoryAt(setting)
    await expect(source.fetch(repository, { signal })).rejects.toMatchObject({ code: "GIT_AUTH" })
    const { commit } = await source.fetch(repository, { token, signal })
    const refused: unknown = await source
      .fetch(repository, { token: "wrong-token-value", signal })
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: "GIT_AUTH" })
    expect(JSON.stringify(refused)).not.toContain("wrong-token-value")
    const files = await source.readFiles(repository, { commit, paths: ["src/a.ts"], signal })
    expect(files?.get("src/a.ts")?.length).toBeGreaterThan(0)
  })

  test("and reading end when they are told to", async () => {
    await using setting = await serving({ source: await linearHistory(), pack: () => false })
    const source = sourceOf(setting)
    const repository = repositoryAt(setting)
    const stopping = new AbortController()
    const fetching = source.fetch(repository, { signal: stopping.signal })
    await setting.server.requested("/git-upload-pack")
    stopping.abort()
    await expect(fetching).rejects.toMatchObject({ code: "ABORTED" })
    const commit = "1".repeat(40)
    const reading = source.readFiles(repository, { commit, paths: ["a"], signal: stopping.signal })
    await expect(reading).rejects.toMatchObject({ code: "ABORTED" })
    expect(leftovers(setting.root)).toEqual([])
  })
})

describe("reading files", () => {
  test("finds regular files, and nothing where there is a link, a folder, a submodule, or what LFS keeps elsewhere", async () => {
    await using setting = await serving({ source: await manyKinds() })
    const source = sourceOf(setting)
    const repository = repositoryAt(setting)
    const { commit } = await source.fetch(repository, { signal })
    const there = {
      "a.txt": "a\n",
      "src/deep/er/b.ts": "b\n",
      "src/deep/c.ts": "c\n",
      "run.sh": "#!/bin/sh\n",
      "about-lfs.md": `# ${lfsPointer}`,
      empty: "",
      ":(glob)*": "magic\n",
      "a\nb": "break\n",
    }
    const nothing = [
      ...["link", "link-to-folder", "link-to-folder/deep/c.ts", "module", "module/x", "film.mp4", "src", "src/deep"],
      ...["nothing", "a.txt/x", "src/nothing", "A.TXT", "*.txt", "--help", "", "x".repeat(5_000)],
      ...["/a.txt", "a.txt/", "./a.txt", "src/../a.txt", "src//deep/c.ts", "../a.txt", ".", "..", "/", "a.txt\0"],
    ]
    const files = await source.readFiles(repository, { commit, paths: [...Object.keys(there), ...nothing], signal })
    expect(Object.fromEntries([...files!].map(([path, bytes]) => [path, text(bytes)]))).toEqual({
      ...there,
      ...Object.fromEntries(nothing.map((path) => [path, undefined])),
    })
    expect(await source.readFiles(repository, { commit, paths: [], signal })).toEqual(new Map())
  })

  test("cuts large files off, whatever order they come in", async () => {
    await using setting = await serving({ source: await manyKinds() })
    const source = sourceOf(setting)
    const repository = repositoryAt(setting)
    const { commit } = await source.fetch(repository, { signal })
    const paths = ["a.txt", "large.bin", "src/deep/c.ts", "film.mp4"]
    const files = await source.readFiles(repository, { commit, paths, bytes: 10, signal })
    expect(files!.get("large.bin")).toEqual(noise(200_000, 1).subarray(0, 10))
    expect(text(files!.get("a.txt"))).toBe("a\n")
    expect(text(files!.get("src/deep/c.ts"))).toBe("c\n")
    expect(files!.get("film.mp4")).toBeUndefined()
    const whole = await source.readFiles(repository, { commit, paths, signal })
    expect(whole!.get("large.bin")).toEqual(noise(200_000, 1))
  })

  test("finds files whose names are odd bytes under the text that results give them", async () => {
    await using setting = await serving({ source: await oddFileNames() })
    const source = sourceOf(setting)
    const repository = repositoryAt(setting)
    await source.fetch(repository, { signal })
    const commit = setting.source.git("rev-parse", "main~1")
    const paths = oddNames.map(([, name]) => name)
    const files = await source.readFiles(repository, { commit, paths, signal })
    for (const [index, path] of paths.entries()) expect(text(files!.get(path)), path).toContain(`f${index} 0\n`)
  })

  test("works in a repository with SHA-256", async () => {
    await using setting = await serving({ source: await linearHistory({ objectFormat: "sha256" }) })
    const source = sourceOf(setting)
    const repository = repositoryAt(setting)
    const { commit } = await source.fetch(repository, { signal })
    const files = await source.readFiles(repository, { commit, paths: ["src/a.ts", "nothing"], signal })
    expect(files!.get("src/a.ts")?.length).toBeGreaterThan(0)
    expect(files!.get("nothing")).toBeUndefined()
  })

  test("says where there is no copy with that commit", async () => {
    await using setting = await serving({ source: await linearHistory() })
    const source = sourceOf(setting)
    const repository = repositoryAt(setting)
    const options = { commit: "1".repeat(40), paths: ["src/a.ts"], signal }
    expect(await source.readFiles(repository, options)).toBeUndefined()
    const { commit } = await source.fetch(repository, { signal })
    expect(await source.readFiles(repository, options)).toBeUndefined()
    const [mirror] = await readdir(join(setting.root, "mirrors"))
    await rm(join(setting.root, "mirrors", mirror!, "objects"), { recursive: true })
    expect(await source.readFiles(repository, { ...options, commit })).toBeUndefined()
    expect(await source.fetch(repository, { signal })).toMatchObject({ commit })
    expect(await source.readFiles(repository, { ...options, commit })).toBeDefined()
  })
})
