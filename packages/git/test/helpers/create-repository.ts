import { execFileSync } from "node:child_process"
import { pathToFileURL } from "node:url"
import { join } from "node:path"
import { temporaryFolder } from "./temporary-folder.js"

/** What happens to one path in a commit. `null` deletes it. */
export type Content =
  string | Buffer | null | { content: string | Buffer; mode: "100644" | "100755" | "120000" } | { submodule: string }

export interface CommitOptions {
  /** Default `refs/heads/main`. Committing on a branch that does not exist yet, without `from`, starts a new root. */
  ref?: string
  /** Paths as UTF-8 strings, or a list with paths as bytes. */
  files?: Readonly<Record<string, Content>> | readonly (readonly [path: string | Buffer, content: Content])[]
  renames?: Readonly<Record<string, string>>
  message?: string
  author?: string
  committer?: string
  /** Seconds since the epoch. Default: one hour after the commit before. */
  time?: number
  authorTime?: number
  /** Default `+0000`. */
  offset?: string
  /** Marks (numbers returned by `commit`) or full ref names. */
  from?: number | string
  merge?: readonly (number | string)[]
}

export interface TestRepository extends AsyncDisposable {
  path: string
  /** `file://…` */
  url: string
  /** Runs plain git, with a fixed environment, and returns its output without the last newline. */
  git(...args: string[]): string
  /** Like `git`, but bytes. */
  gitBytes(...args: string[]): Buffer
  /** Adds a commit to what `write` will write, and returns its mark. */
  commit(options?: CommitOptions): number
  tag(name: string, mark: number, options?: { message?: string; time?: number }): void
  /** Writes the commits and returns the object id of the branch. */
  write(ref?: string): string
}

export const testEnvironment: NodeJS.ProcessEnv = {
  PATH: process.env["PATH"],
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  LC_ALL: "C.UTF-8",
  TZ: "UTC",
}

const ann = "Ann Author <ann@example.org>"

/** A bare repository in a temporary folder, filled through `git fast-import`: fixed people, fixed dates, stable ids. */
export async function createRepository(options: { objectFormat?: "sha1" | "sha256" } = {}): Promise<TestRepository> {
  const folder = await temporaryFolder()
  const path = join(folder.path, "repository.git")
  const gitBytes = (...args: string[]): Buffer =>
    execFileSync("git", ["--git-dir", path, ...args], {
      env: testEnvironment,
      maxBuffer: 1 << 30,
      stdio: ["ignore", "pipe", "pipe"],
    })
  const git = (...args: string[]): string =>
    gitBytes(...args)
      .toString("utf8")
      .replace(/\n$/, "")
  execFileSync(
    "git",
    ["init", "-q", "--bare", "-b", "main", `--object-format=${options.objectFormat ?? "sha1"}`, path],
    { env: testEnvironment },
  )

  let parts: (string | Buffer)[] = []
  let marks = 0
  let clock = Date.UTC(2024, 0, 1) / 1000
  const add = (...more: (string | Buffer)[]): void => void parts.push(...more)
  const data = (content: string | Buffer): void => {
    const bytes = Buffer.from(content as string)
    add(`data ${bytes.length}\n`, bytes, "\n")
  }
  const name = (from: number | string): string => (typeof from === "number" ? `:${from}` : `${from}^0`)

  return {
    path,
    url: pathToFileURL(path).href,
    git,
    gitBytes,
    commit(commit = {}) {
      const time = commit.time ?? (clock += 3600)
      if (commit.time !== undefined) clock = commit.time
      const offset = commit.offset ?? "+0000"
      const author = commit.author ?? ann
      add(`commit ${commit.ref ?? "refs/heads/main"}\nmark :${++marks}\n`)
      add(
        Buffer.from(`author ${author} ${commit.authorTime ?? time} ${offset}\n`),
        `committer ${commit.committer ?? author} ${time} ${offset}\n`,
      )
      data(commit.message ?? `commit ${marks}`)
      if (commit.from !== undefined) add(`from ${name(commit.from)}\n`)
      for (const other of commit.merge ?? []) add(`merge ${name(other)}\n`)
      for (const [from, to] of Object.entries(commit.renames ?? {})) add(`R ${quote(from)} ${quote(to)}\n`)
      const files = commit.files ?? {}
      for (const [file, content] of Array.isArray(files) ? files : Object.entries(files)) {
        if (content === null) add(`D ${quote(file)}\n`)
        else if (typeof content === "string" || Buffer.isBuffer(content)) {
          add(`M 100644 inline ${quote(file)}\n`)
          data(content)
        } else if ("submodule" in content) add(`M 160000 ${content.submodule} ${quote(file)}\n`)
        else {
          add(`M ${content.mode} inline ${quote(file)}\n`)
          data(content.content)
        }
      }
      add("\n")
      return marks
    },
    tag(tagName, mark, tag = {}) {
      if (tag.message === undefined) add(`reset refs/tags/${tagName}\nfrom :${mark}\n\n`)
      else {
        add(`tag ${tagName}\nfrom :${mark}\ntagger ${ann} ${tag.time ?? clock} +0000\n`)
        data(tag.message)
      }
    },
    write(ref = "refs/heads/main") {
      const marksFile = join(folder.path, "marks")
      execFileSync(
        "git",
        [
          "--git-dir",
          path,
          "fast-import",
          "--quiet",
          "--force",
          `--import-marks-if-exists=${marksFile}`,
          `--export-marks=${marksFile}`,
        ],
        {
          env: testEnvironment,
          input: Buffer.concat(parts.map((part) => Buffer.from(part as string))),
        },
      )
      parts = []
      return git("rev-parse", ref)
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

/** A path as fast-import wants it if it holds anything unusual. */
function quote(path: string | Buffer): string {
  let quoted = '"'
  for (const byte of Buffer.from(path as string)) {
    if (byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x5c) quoted += `\\${byte.toString(8).padStart(3, "0")}`
    else quoted += String.fromCharCode(byte)
  }
  return `${quoted}"`
}

export function lines(count: number, word = "line"): string {
  return Array.from({ length: count }, (_, index) => `${word} ${index}\n`).join("")
}

/** Bytes that do not compress, the same ones for the same seed. */
export function noise(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = seed * 2_654_435_761
  for (let at = 0; at < length; at++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[at] = state & 255
  }
  return bytes
}
