import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { onTestFinished } from "vitest"
import { temporaryFolder } from "./temporary-folder.js"

const root = fileURLToPath(new URL("../../../../", import.meta.url))
const commandFile = join(root, "packages/assay/dist/cli.js")

/** The command runs as it is published: built. `npm test` has built it already; here only what has changed is built. */
export async function buildCommand(): Promise<void> {
  const scripts = new URL("../../../../scripts/bootstrap/", import.meta.url)
  const { oneAtATime } = await import(new URL("one-at-a-time.mjs", scripts).href)
  const { buildPackages } = await import(new URL("build-packages.mjs", scripts).href)
  await oneAtATime(() => buildPackages({ types: false }))
}

export interface RunOptions {
  /** Default: a temporary folder, so that no .env and no data of anybody's are in reach. */
  cwd?: string
  env?: Readonly<Record<string, string>>
}

/** A command that runs, and what it has said so far. */
export interface RunningCommand {
  readonly process: ChildProcess
  readonly stdout: string
  readonly stderr: string
  /** Resolves with the first match in stdout, which may have been there before. Rejects when the command ends without it. */
  says(pattern: RegExp): Promise<RegExpExecArray>
  /** The same for stderr. */
  complains(pattern: RegExp): Promise<RegExpExecArray>
  /** Resolves when it has ended, by itself or by a signal. */
  readonly ended: Promise<Ending>
}

export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts `assay` with these arguments. Ended by force, if it still runs, when the test is over. */
export function startAssay(args: readonly string[], options: RunOptions = {}): RunningCommand {
  const { NODE_OPTIONS: _, VITEST: __, ...inherited } = process.env
  const own = Object.fromEntries(
    Object.entries(inherited).filter(
      ([name]) =>
        !/^(ASSAY_|PORT$|HOST$|DATABASE_URL$|LOG_|REDIS_|QUEUE_NAME$|POTPIE_|CUSTOM_AGENT_ID$|REQUEST_TIMEOUT$|MAX_)/.test(
          name,
        ),
    ),
  )
  const child = spawn(process.execPath, [commandFile, ...args], {
    cwd: options.cwd ?? temporaryFolder(),
    env: { ...own, NO_COLOR: "1", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill("SIGKILL")
    await once(child, "exit")
  })
  const output = { stdout: "", stderr: "" }
  const waiting = new Set<() => void>()
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text
      for (const look of waiting) look()
    })
  }
  const ended = once(child, "close").then(([code, signal]): Ending => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    ...output,
  }))
  const waitFor = (name: "stdout" | "stderr", pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(output[name])
        if (!found) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
      void ended.then(({ code, signal }) => {
        if (waiting.delete(look)) {
          reject(
            new Error(
              `The command ended (${signal ?? code}) without saying ${pattern}:\n${output.stdout}\n${output.stderr}`,
            ),
          )
        }
      })
    })
  return {
    process: child,
    ended,
    get stdout() {
      return output.stdout
    },
    get stderr() {
      return output.stderr
    },
    says: (pattern) => waitFor("stdout", pattern),
    complains: (pattern) => waitFor("stderr", pattern),
  }
}

export function runAssay(args: readonly string[], options: RunOptions = {}): Promise<Ending> {
  return startAssay(args, options).ended
}
