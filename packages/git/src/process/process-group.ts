import type { ChildProcess } from "node:child_process"
import { spawn } from "node:child_process"

const graceMs = 500

/**
 * Ends a process and everything it started. Git does its network work in children (`git-remote-https`, `index-pack`);
 * a signal to git alone leaves them running against a slow server. SIGTERM first, because git removes its temporary
 * files then; SIGKILL half a second later for whoever is left.
 */
export function endProcessGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  if (process.platform === "win32") {
    spawn("taskkill", ["/pid", String(child.pid), "/T", "/F"], { stdio: "ignore" }).on("error", () => child.kill())
    return
  }
  signalGroup(child.pid, "SIGTERM")
  const pid = child.pid
  const timer = setTimeout(() => signalGroup(pid, "SIGKILL"), graceMs)
  child.once("exit", () => clearTimeout(timer))
}

/** Signals every process of a group; a group that is gone already is fine. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal)
  } catch (error) {
    // macOS answers EPERM for a group of which only the unreaped leader is left.
    const { code } = error as NodeJS.ErrnoException
    if (code !== "ESRCH" && code !== "EPERM") throw error
  }
}
