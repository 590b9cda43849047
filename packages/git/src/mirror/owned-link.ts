import { lstat, lutimes, readlink, symlink } from "node:fs/promises"
import { livenessOf } from "./process-identity.js"

/**
 * A symbolic link that leads nowhere and names the process that made it. A link appears together with its text; a file
 * appears empty and is written afterwards, so that a process killed in between would leave one of which nobody could
 * tell whether its owner lives.
 */

const touchedEveryMs = 5_000

/** False if there is one already. */
export async function makeLink(path: string, text: string): Promise<boolean> {
  try {
    await symlink(text, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false
    throw error
  }
}

/**
 * Whether the owner of a link is gone. Of an owner on another machine only the age of the link says so. A link that is
 * not there is not abandoned.
 */
export async function isAbandoned(path: string, afterMs: number): Promise<boolean> {
  const owner = await readlink(path).catch(() => undefined)
  if (owner === undefined) return false
  const liveness = livenessOf(owner)
  if (liveness !== "elsewhere") return liveness === "dead"
  const touchedAt = await lstat(path).then(
    (found) => found.mtimeMs,
    () => Date.now(),
  )
  return Date.now() - touchedAt > afterMs
}

/** Keeps a link young, for processes on other machines. Returns what ends it; holds no process up. */
export function keepTouched(path: string): () => void {
  const heartbeat = setInterval(() => {
    const now = new Date()
    lutimes(path, now, now).catch(() => {})
  }, touchedEveryMs)
  heartbeat.unref()
  return () => clearInterval(heartbeat)
}
