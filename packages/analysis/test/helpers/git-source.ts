import { execFile } from "node:child_process"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import type { RepositorySource } from "@assay/core"

const run = promisify(execFile)

/** A source of files over one real repository on this machine, which stands for all of them. */
export interface GitSource extends RepositorySource, AsyncDisposable {
  /** Writes files and commits them. The commit. */
  commit(files: Readonly<Record<string, string | Buffer>>): Promise<string>
  /** The tokens that it was given. */
  readonly tokens: string[]
  /** How often it was asked to fetch. */
  fetches: number
  /** What happens instead of the next fetches. */
  failWith: (() => Error) | undefined
  /** Acts like a machine that has not fetched yet. */
  forget(): void
}

export async function createGitSource(): Promise<GitSource> {
  const folder = await mkdtemp(join(tmpdir(), "assay-analysis-"))
  const env = {
    PATH: process.env["PATH"],
    ...{ HOME: folder, GIT_CONFIG_NOSYSTEM: "1", LC_ALL: "C.UTF-8" },
    ...{ GIT_AUTHOR_NAME: "Ann", GIT_AUTHOR_EMAIL: "ann@example.org", GIT_AUTHOR_DATE: "2024-01-01T00:00:00Z" },
    ...{
      GIT_COMMITTER_NAME: "Ann",
      GIT_COMMITTER_EMAIL: "ann@example.org",
      GIT_COMMITTER_DATE: "2024-01-01T00:00:00Z",
    },
  }
  const git = async (...args: string[]): Promise<string> =>
    (await run("git", ["-C", folder, ...args], { env })).stdout.trim()
  await git("init", "-q", "-b", "main")
  let here = false

  const source: GitSource = {
    tokens: [],
    fetches: 0,
    failWith: undefined,
    forget: () => void (here = false),
    async commit(files) {
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true })
        await writeFile(join(folder, path), content)
      }
      await git("add", "-A")
      await git("commit", "-q", "--allow-empty", "-m", "a commit")
      return git("rev-parse", "HEAD")
    },
    async fetch(_repository, { branch = "main", token, signal }) {
      source.fetches++
      if (token !== undefined) source.tokens.push(token)
      signal.throwIfAborted()
      if (source.failWith) throw source.failWith()
      here = true
      return { commit: await git("rev-parse", branch), branch }
    },
    async readFiles(_repository, { commit, paths, bytes = 4 << 20 }) {
      if (!here) return undefined
      const files = new Map<string, Uint8Array | undefined>()
      for (const path of paths) {
        const shown = await run("git", ["-C", folder, "show", `${commit}:${path}`], {
          ...{ env, encoding: "buffer", maxBuffer: 1 << 28 },
        }).catch(() => undefined)
        files.set(path, shown?.stdout.subarray(0, bytes))
      }
      return files
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
  return source
}
