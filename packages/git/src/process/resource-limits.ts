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

/** Turns a command into one that runs under limits. */
export type Limiter = (limits: ResourceLimits) => string[]

/**
 * Finds out what this machine can do, once: `prlimit` sets the limits; `setpriv` makes the kernel end a git process
 * whose parent is gone, so that a service that was killed leaves no fetch behind that writes into its mirrors. The
 * kernel does that for the first process only, and git does not end its network helpers, so `timeout`, without a
 * limit, stands between: it hands the signal on to the whole process group.
 */
export function findLimiter(): Limiter {
  if (process.platform !== "linux") return () => []
  const setpriv = works([findProgram("setpriv"), "--pdeathsig", "TERM"])
  const prlimit = works([findProgram("prlimit"), "--nofile=1024"])
  const timeout = setpriv && works([findProgram("timeout"), "--kill-after=1", "0"])
  return ({ memoryBytes, cpuSeconds, fileBytes, startsOthers }) => [
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
  ]
}

function works(command: [string | undefined, ...string[]]): string[] | undefined {
  const [program, ...options] = command
  if (program === undefined) return undefined
  const answer = spawnSync(program, [...options, "true"], { stdio: "ignore", timeout: 5_000 })
  return answer.status === 0 ? [program, ...options] : undefined
}
