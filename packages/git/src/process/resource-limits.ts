import { spawnSync } from "node:child_process"
import { findProgram } from "./find-git.js"

/** Ceilings that the kernel holds a git process to. Only Linux can; elsewhere they are not applied. */
export interface ResourceLimits {
  /** Address space in bytes. A delta or tree bomb ends here instead of at the machine's memory. */
  memoryBytes: number
  /** Processor seconds. */
  cpuSeconds: number
  /** The largest file that git may write, in bytes. */
  fileBytes?: number
  /** The command starts others that must not outlive it. */
  startsOthers: boolean
}

/** What this machine can hold a git process to. */
export interface Limiter {
  /** What to put before a command so that it runs under limits. */
  wrap(limits: ResourceLimits): string[]
  /** What it cannot do, and why: a sentence each, for the operator. Empty where everything is guarded. */
  readonly missing: readonly string[]
}

export interface LimiterOptions {
  /** Default: this one. */
  platform?: NodeJS.Platform
  /** Where programs are looked for. Default: `PATH`. */
  path?: string
}

/**
 * Finds out what this machine can do, once: `prlimit` sets the limits; `setpriv` makes the kernel end a git process
 * whose parent is gone, so that a service that was killed leaves no fetch behind that writes into its mirrors. The
 * kernel does that for the first process only, and git does not end its network helpers, so `timeout`, without a
 * limit, stands between: it hands the signal on to the whole process group.
 */
export function findLimiter({ platform = process.platform, path }: LimiterOptions = {}): Limiter {
  if (platform !== "linux") {
    const where = `${platform} is not Linux`
    return { wrap: () => [], missing: [`${without.prlimit} (${where})`, `${without.setpriv} (${where})`] }
  }
  const setpriv = works([findProgram("setpriv", path), "--pdeathsig", "TERM"])
  const prlimit = works([findProgram("prlimit", path), "--nofile=1024"])
  const timeout = setpriv && works([findProgram("timeout", path), "--kill-after=1", "0"])
  const missing: string[] = []
  if (!prlimit) missing.push(`${without.prlimit} (prlimit of util-linux is missing or may not be used)`)
  if (!setpriv) missing.push(`${without.setpriv} (setpriv of util-linux is missing or may not be used)`)
  else if (!timeout) missing.push(`${without.timeout} (timeout of coreutils is missing or may not be used)`)
  return {
    missing,
    wrap: ({ memoryBytes, cpuSeconds, fileBytes, startsOthers }) => [
      ...(setpriv ?? []),
      ...(prlimit
        ? [
            prlimit[0]!,
            `--as=${Math.round(memoryBytes)}`,
            `--cpu=${Math.round(cpuSeconds)}`,
            "--core=0",
            ...(fileBytes === undefined ? [] : [`--fsize=${Math.round(fileBytes)}`]),
          ]
        : []),
      ...(startsOthers && timeout ? timeout : []),
    ],
  }
}

const without = {
  prlimit: "nothing bounds the memory and the processor time of a git process",
  setpriv: "git processes go on when this process is killed",
  timeout: "the network helpers of git go on when this process is killed",
} as const

function works(command: [string | undefined, ...string[]]): string[] | undefined {
  const [program, ...options] = command
  if (program === undefined) return undefined
  const answer = spawnSync(program, [...options, "true"], { stdio: "ignore", timeout: 5_000 })
  return answer.status === 0 ? [program, ...options] : undefined
}
