import type { ChildProcess } from "node:child_process"
import { spawn } from "node:child_process"
import type { Readable, Writable } from "node:stream"
import { GitError, abortedError } from "../errors.js"
import { classifyFailure } from "./classify-failure.js"
import { endProcessGroup, signalGroup } from "./process-group.js"

/** A running git process. Its group ends with it. */
export interface GitProcess {
  readonly stdin: Writable
  /** Must be read or destroyed, or the process waits for ever on a full pipe. */
  readonly stdout: Readable
  /**
   * Resolves with the exit code if it is an accepted one. Rejects with a `GitError` in every other case: another exit
   * code, a signal, the time limit, an abort. Output that ended without this having resolved is incomplete.
   */
  readonly finished: Promise<number>
  /** Ends the process if it is still running, and resolves when it is gone. `finished` rejects with `reason`. */
  stop(reason?: GitError): Promise<void>
}

export interface ProcessSettings {
  command: string
  args: readonly string[]
  environment: Record<string, string>
  folder: string
  subject: string
  remote: boolean
  acceptedExitCodes: readonly number[]
  signal: AbortSignal | undefined
  timeoutMs: number | undefined
  /** Called with what git writes to stderr, as it comes, progress lines included. */
  onStderr: ((text: string) => void) | undefined
  /** Given to the child on descriptor 3 and the ones after it. */
  secrets: readonly (string | undefined)[]
}

const stderrKept = 8_192

/** Starts git in a process group of its own and watches it. Throws `ABORTED` if the signal has fired already. */
export function startProcess(settings: ProcessSettings): GitProcess {
  const { signal, subject, remote } = settings
  if (signal?.aborted) throw abortedError(signal)

  const child = spawn(settings.command, settings.args, {
    cwd: settings.folder,
    env: settings.environment,
    detached: process.platform !== "win32",
    windowsHide: true,
    stdio: ["pipe", "pipe", "pipe", ...settings.secrets.map((secret) => (secret === undefined ? "ignore" : "pipe"))],
  })
  const { stdin, stdout, stderr } = child as ChildProcess & { stdin: Writable; stdout: Readable; stderr: Readable }
  // A child that leaves before it has read everything breaks the pipe. Its exit code says what happened.
  stdin.on("error", () => {})
  for (const [index, secret] of settings.secrets.entries()) {
    if (secret === undefined) continue
    const channel = child.stdio[3 + index] as Writable
    channel.on("error", () => {})
    channel.end(`${secret}\n`)
  }

  let said = ""
  stderr.setEncoding("utf8")
  stderr.on("data", (text: string) => {
    said = (said + text).slice(-stderrKept)
    settings.onStderr?.(text)
  })

  let stopped: GitError | undefined
  let closed = false
  const end = (reason: GitError): void => {
    if (closed || stopped) return
    stopped = reason
    endProcessGroup(child)
  }
  const onAbort = (): void => end(abortedError(signal!))
  signal?.addEventListener("abort", onAbort, { once: true })
  const timer =
    settings.timeoutMs === undefined
      ? undefined
      : setTimeout(
          () => end(new GitError("GIT_TIMEOUT", `Git took more than ${seconds(settings.timeoutMs!)} for ${subject}.`)),
          settings.timeoutMs,
        )

  const finished = new Promise<number>((resolve, reject) => {
    const settle = (outcome: () => void): void => {
      if (closed) return
      closed = true
      clearTimeout(timer)
      signal?.removeEventListener("abort", onAbort)
      outcome()
    }
    child.once("error", (error) => settle(() => reject(cannotStart(error))))
    child.once("exit", () => {
      // Whoever is left of the group would hold the pipes open, and go on working for nobody.
      if (process.platform !== "win32" && child.pid !== undefined) signalGroup(child.pid, "SIGKILL")
    })
    child.once("close", (exitCode, killedBy) =>
      settle(() => {
        if (stopped) reject(stopped)
        else if (exitCode !== null && settings.acceptedExitCodes.includes(exitCode)) resolve(exitCode)
        else reject(classifyFailure({ subject, stderr: withoutProgress(said), exitCode, signal: killedBy, remote }))
      }),
    )
  })
  // Callers that stop early never look at it.
  finished.catch(() => {})

  return {
    stdin,
    stdout,
    finished,
    async stop(reason = new GitError("ABORTED", "The work with git was stopped before it ended.")) {
      end(reason)
      stdin.destroy()
      stdout.destroy()
      await finished.catch(() => {})
    },
  }
}

function cannotStart(error: Error): GitError {
  const { code } = error as NodeJS.ErrnoException
  if (code === "ENOENT" || code === "EACCES")
    return new GitError("GIT_MISSING", "Git cannot be started.", { cause: error })
  return new GitError("GIT_FAILED", "Git cannot be started at the moment.", { cause: error })
}

/** Progress overwrites itself with carriage returns; only the last state of a line is worth keeping. */
function withoutProgress(text: string): string {
  return text
    .split("\n")
    .map((line) => line.slice(line.lastIndexOf("\r", line.length - 2) + 1))
    .filter((line) => !/^(remote: )?(Enumerating|Counting|Compressing|Receiving|Resolving)\b.*\d+%/.test(line))
    .join("\n")
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${Math.round(ms / 1_000)} s`
}
