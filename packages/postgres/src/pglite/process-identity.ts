import { randomUUID } from "node:crypto"
import { readFileSync, readlinkSync } from "node:fs"
import { hostname } from "node:os"

/** Which process, so that another one with the same number, later or in another container, is not taken for it. */
export interface ProcessIdentity {
  pid: number
  /** When the kernel started it, in ticks since boot. Linux only: elsewhere the number alone must do. */
  startedAt: string | undefined
  /** Changes with every boot of the machine. */
  bootId: string | undefined
  /** Process numbers mean something within one of these only. */
  pidNamespace: string | undefined
  host: string
  /** Tells two locks of one process apart. */
  token: string
}

export function ownIdentity(): ProcessIdentity {
  return {
    pid: process.pid,
    startedAt: startOf(process.pid),
    bootId: attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    pidNamespace: attempt(() => readlinkSync("/proc/self/ns/pid")),
    host: hostname(),
    token: randomUUID(),
  }
}

/** `unknown`: it ran on another machine or in another container, whose processes cannot be seen from here. */
export function livenessOf(identity: ProcessIdentity): "alive" | "dead" | "unknown" {
  const own = ownIdentity()
  if (identity.bootId !== own.bootId) return identity.host === own.host ? "dead" : "unknown"
  if (identity.pidNamespace !== own.pidNamespace) return "unknown"
  if (identity.bootId === undefined && identity.host !== own.host) return "unknown"
  if (!exists(identity.pid)) return "dead"
  const startedAt = startOf(identity.pid)
  return startedAt === undefined || startedAt === identity.startedAt ? "alive" : "dead"
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

/** Field 22 of /proc/<pid>/stat; the name in field 2 may hold spaces and parentheses, so count from its end. */
function startOf(pid: number): string | undefined {
  return attempt(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]
  })
}

function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
