import { spawnSync } from "node:child_process"
import { once } from "node:events"
import { rmSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { randomUUID } from "node:crypto"
import { GitError } from "../errors.js"
import { passwordPrompt } from "./askpass.js"
import type { GitCredentials } from "./askpass.js"
import { findGit } from "./find-git.js"
import { gitEnvironment, writeGitFiles } from "./git-environment.js"
import type { ObjectFormat } from "./git-environment.js"
import { startProcess } from "./git-process.js"
import type { GitProcess } from "./git-process.js"
import { checkGitVersion, parseGitVersion } from "./git-version.js"
import type { GitVersion } from "./git-version.js"
import { findLimiter } from "./resource-limits.js"
import type { EgressProxy } from "../remote/egress-proxy.js"

export interface GitOptions {
  /** A folder of ours, for the configuration that git processes get. Made with mode 0700 if it is missing; the one above it must exist. */
  folder: string
  /** The git to use. Default: the first one in PATH. */
  gitFile?: string
  /** Certificates (a PEM file) that remotes are checked against instead of the system's. */
  caFile?: string
  /** Everything that goes to a remote over http or https goes through it. Default: no proxy, whatever the environment says. */
  proxy?: EgressProxy
  /**
   * Refuse repositories with objects that git considers malformed. Default `true`; some old histories have a few that are
   * harmless here, because nothing is ever checked out.
   */
  checkObjects?: boolean
  /** Address space of one git process in bytes. Default 2 GiB. Linux only. */
  memoryBytes?: number
  /** Processor seconds of one git process. Default two hours. Linux only. */
  cpuSeconds?: number
}

/** The repository that a command reads: always a bare one of ours, always named explicitly. */
export interface RepositoryFolder {
  path: string
  objectFormat: ObjectFormat
}

/** What a command may do on the network. Without it, it may do nothing there. */
export interface RemoteAccess {
  protocol: "https" | "http" | "file"
  credentials?: GitCredentials
}

export interface CommandOptions {
  /** Left out, the command runs without a repository. */
  repository?: RepositoryFolder
  remote?: RemoteAccess
  /** `-c name=value` settings, written by us and never taken from input. */
  settings?: readonly string[]
  /** What the command is about, for error messages. Default: "the repository". */
  subject?: string
  /** Exit codes that are answers rather than failures. Default `[0]`. */
  acceptedExitCodes?: readonly number[]
  signal?: AbortSignal | undefined
  timeoutMs?: number
  /** The largest file that the command may write, in bytes. */
  fileBytes?: number
  onStderr?: (text: string) => void
}

export interface RunOptions extends CommandOptions {
  input?: string | Uint8Array
  /** More output than this ends the command with `REPOSITORY_TOO_LARGE`. Default 64 MiB. */
  outputBytes?: number
}

export interface StreamOptions extends CommandOptions {
  input?: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>
  /** Default: no limit. */
  outputBytes?: number
}

/** The one way to run git: with our environment and nothing else's, under limits, in a process group that ends. */
export interface Git {
  readonly version: GitVersion
  /** A sentence for the log if this git has known security holes. */
  readonly warning: string | undefined
  /** What this machine cannot hold git processes to: a sentence each, for one warning at start. Empty on a usual Linux. */
  readonly missingGuards: readonly string[]
  /** Runs a command to its end and returns what it wrote. */
  run(args: readonly string[], options?: RunOptions): Promise<{ output: Buffer; exitCode: number }>
  /**
   * Runs a command and yields what it writes, chunk by chunk, no faster than it is read. Throws after the last chunk if
   * the command failed: a caller that has seen the end without an error has seen everything. Leaving early ends the command.
   */
  stream(args: readonly string[], options?: StreamOptions): AsyncGenerator<Buffer, void, undefined>
  /** Starts a command that is talked to over its stdin. The caller reads, waits for `finished`, or stops it. */
  open(args: readonly string[], options?: CommandOptions): GitProcess
}

/** Finds git, checks its version (throws `GIT_MISSING`) and writes the files that every command reads. */
export function createGit(options: GitOptions): Git {
  const gitFile = options.gitFile ?? findGit()
  const { proxy, caFile } = options
  const proxyUser = proxy?.credentials?.username
  const files = writeGitFiles(resolve(options.folder), {
    ...(caFile === undefined ? {} : { caFile }),
    ...(options.checkObjects === undefined ? {} : { checkObjects: options.checkObjects }),
    // Git asks for the password of the user that stands here.
    ...(proxy ? { proxy: proxy.origin.replace("://", proxyUser === undefined ? "://" : `://${proxyUser}@`) } : {}),
  })
  const limits = { memoryBytes: options.memoryBytes ?? 2 * 1024 ** 3, cpuSeconds: options.cpuSeconds ?? 7_200 }
  const answer = spawnSync(gitFile, ["--version"], {
    env: gitEnvironment({ gitFile, files }),
    encoding: "utf8",
    timeout: 10_000,
  })
  const version = parseGitVersion(answer.stdout ?? "")
  const warning = checkGitVersion(version)
  const limiter = findLimiter()

  function writeSecret(secret: string | undefined): string | undefined {
    if (secret === undefined) return undefined
    const file = join(files.home, `.${randomUUID()}`)
    writeFileSync(file, `${secret}\n`, { mode: 0o600 })
    return file
  }

  function open(args: readonly string[], command: CommandOptions = {}): GitProcess {
    const { repository, remote } = command
    const credentials = remote?.credentials
    const proxyCredentials = remote && remote.protocol !== "file" ? proxy?.credentials : undefined
    const secrets = [credentials?.token, proxyCredentials?.password]
    // Only descriptors 0 to 2 are inherited on Windows, so secrets go through files there.
    const [passwordFile, proxyFile] = process.platform === "win32" ? secrets.map(writeSecret) : []
    const [program, ...limited] = [
      ...limiter.wrap({
        ...limits,
        ...(command.fileBytes === undefined ? {} : { fileBytes: command.fileBytes }),
        startsOthers: remote !== undefined,
      }),
      gitFile,
      "--no-pager",
      ...(repository ? [`--git-dir=${repository.path}`] : []),
      ...(credentials ? ["-c", `credential.username=${credentials.username}`] : []),
      ...(command.settings ?? []).flatMap((setting) => ["-c", setting]),
      ...args,
    ]
    const started = startProcess({
      command: program!,
      args: limited,
      folder: files.home,
      environment: gitEnvironment({
        gitFile,
        files,
        ...(remote ? { protocol: remote.protocol } : {}),
        ...(repository && !remote ? { objectFormat: repository.objectFormat } : {}),
        ...(credentials ? { passwordPrompt: passwordPrompt(credentials.origin, credentials.username) } : {}),
        ...(proxy && proxyCredentials ? { proxyPrompt: passwordPrompt(proxy.origin, proxyCredentials.username) } : {}),
        ...(passwordFile === undefined ? {} : { passwordFile }),
        ...(proxyFile === undefined ? {} : { proxyFile }),
      }),
      subject: command.subject ?? "the repository",
      remote: remote !== undefined,
      acceptedExitCodes: command.acceptedExitCodes ?? [0],
      signal: command.signal,
      timeoutMs: command.timeoutMs,
      onStderr: command.onStderr,
      secrets: process.platform === "win32" ? [undefined, undefined] : secrets,
    })
    for (const file of [passwordFile, proxyFile]) {
      if (file === undefined) continue
      void started.finished.catch(() => {}).finally(() => rmSync(file, { force: true }))
    }
    return started
  }

  async function* read(started: GitProcess, subject: string, limit: number): AsyncGenerator<Buffer, void, undefined> {
    let bytes = 0
    for await (const chunk of started.stdout as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > limit) {
        const tooLarge = new GitError(
          "REPOSITORY_TOO_LARGE",
          `Git has more to say about ${subject} than the limit of ${limit} bytes.`,
        )
        await started.stop(tooLarge)
        throw tooLarge
      }
      yield chunk
    }
  }

  return {
    version: version!,
    warning,
    missingGuards: limiter.missing,
    open,

    async run(args, command = {}) {
      const { input, outputBytes = 64 * 1024 ** 2, ...rest } = command
      const started = open(args, rest)
      try {
        started.stdin.end(input ?? "")
        const chunks: Buffer[] = []
        for await (const chunk of read(started, rest.subject ?? "the repository", outputBytes)) chunks.push(chunk)
        const exitCode = await started.finished
        return { output: Buffer.concat(chunks), exitCode }
      } finally {
        await started.stop()
      }
    },

    async *stream(args, command = {}) {
      const { input, outputBytes = Infinity, ...rest } = command
      const started = open(args, rest)
      let failedInput: unknown
      const feeding = feed(started, input).catch(async (error: unknown) => {
        failedInput = error
        await started.stop()
      })
      try {
        yield* read(started, rest.subject ?? "the repository", outputBytes)
        await started.finished
        await feeding
      } catch (error) {
        throw failedInput ?? error
      } finally {
        await started.stop()
      }
    },
  }
}

async function feed(started: GitProcess, input: StreamOptions["input"]): Promise<void> {
  for await (const chunk of input ?? []) {
    if (started.stdin.destroyed) return
    if (!started.stdin.write(chunk)) await drained(started)
  }
  started.stdin.end()
}

/** Resolves when more may be written, or when nobody will read it any more. */
async function drained(started: GitProcess): Promise<void> {
  const waiting = new AbortController()
  const { signal } = waiting
  const ignore = (): void => {}
  await Promise.race([
    once(started.stdin, "drain", { signal }),
    once(started.stdin, "close", { signal }),
    started.finished,
  ]).catch(ignore)
  waiting.abort()
}
