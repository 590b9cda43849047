import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { hostname } from "node:os"

/**
 * Names this process so that another one can tell later whether it still runs: `<machine>.<pid>.<start>`. The start
 * time is part of it because process ids are used again, in containers even at once (the service is always process 7).
 */
export function processIdentity(pid = process.pid): string {
  return `${machine()}.${pid}.${startOf(pid) ?? "0"}`
}

export type Liveness =
  | "alive"
  | "dead"
  /** It ran on another machine (or in another container) that shares the folder; only the age of its traces is known. */
  | "elsewhere"

export function livenessOf(identity: string): Liveness {
  const [where, pid, start] = identity.split(".")
  const id = Number(pid)
  if (where === undefined || start === undefined || !Number.isSafeInteger(id) || id <= 0) return "dead"
  if (where !== machine()) return "elsewhere"
  try {
    process.kill(id, 0)
  } catch (error) {
    // EPERM: there is one, of another user.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return "dead"
  }
  const now = startOf(id)
  return now === undefined || start === "0" || now === start ? "alive" : "dead"
}

function machine(): string {
  return createHash("sha256").update(hostname()).digest("hex").slice(0, 8)
}

/** Linux says when a process was started, in ticks since boot. Together with the boot's own id that happens once. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").slice(0, 8)
    return ticks === undefined ? undefined : `${boot}-${ticks}`
  } catch {
    return undefined
  }
}
