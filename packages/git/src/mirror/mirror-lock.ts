import { randomUUID } from "node:crypto"
import { open, readFile, readdir, rm, stat, utimes } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { makeFolder } from "@assay/core"
import { abortedError } from "../errors.js"
import { livenessOf, processIdentity } from "./process-identity.js"

/** The right to write one mirror. Nobody else on this machine has it until it is released. */
export interface MirrorLock {
  release(): Promise<void>
}

const touchedEveryMs = 5_000
/** A holder on another machine counts as gone when its file has not been touched for so long. */
const abandonedAfterMs = 30_000
const takeoverAbandonedAfterMs = 10_000

/**
 * Waits until the lock of `name` is free and takes it. The lock is a file that says which process holds it: two
 * processes on one folder exclude each other, and the lock of a process that was killed is taken over at once.
 * Ends with `ABORTED` when the signal fires.
 */
export async function lockMirror(folder: string, name: string, signal?: AbortSignal): Promise<MirrorLock> {
  makeFolder(folder)
  const file = join(folder, `${name}.lock`)
  const content = `${processIdentity()}.${randomUUID()}`
  for (let attempt = 0; ; attempt++) {
    if (signal?.aborted) throw abortedError(signal)
    if (await createFile(file, content)) break
    if (await isAbandoned(file, abandonedAfterMs)) {
      await takeOver(file)
      continue
    }
    await wait(Math.min(20 * 2 ** Math.min(attempt, 5), 500), undefined, signal ? { signal } : {}).catch(() => {})
  }

  const heartbeat = setInterval(() => {
    const now = new Date()
    utimes(file, now, now).catch(() => {})
  }, touchedEveryMs)
  heartbeat.unref()
  let released: Promise<void> | undefined
  return {
    release() {
      released ??= (async () => {
        clearInterval(heartbeat)
        // If it was taken from us (a machine that slept), the file is somebody else's by now.
        if ((await readFile(file, "utf8").catch(() => "")) === content) await rm(file, { force: true })
      })()
      return released
    },
  }
}

/** Removes the locks of processes that are gone. The next to ask for one would do the same. */
export async function sweepLocks(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const file = join(folder, name)
    if (name.endsWith(".lock") && (await isAbandoned(file, abandonedAfterMs))) await takeOver(file)
  }
}

/** Removes a lock whose holder is gone. Of several processes that find it at once, one does; the others look again. */
async function takeOver(file: string): Promise<void> {
  const guard = `${file}.takeover`
  if (!(await createFile(guard, processIdentity()))) {
    if (await isAbandoned(guard, takeoverAbandonedAfterMs)) await rm(guard, { force: true })
    return
  }
  try {
    // Somebody may have taken it over and locked it anew since we looked.
    if (await isAbandoned(file, abandonedAfterMs)) await rm(file, { force: true })
  } finally {
    await rm(guard, { force: true })
  }
}

async function isAbandoned(file: string, afterMs: number): Promise<boolean> {
  const holder = await readFile(file, "utf8").catch(() => undefined)
  if (holder === undefined) return false
  const age =
    Date.now() -
    (await stat(file)
      .then((found) => found.mtimeMs)
      .catch(() => Date.now()))
  // A file without content is being written at this moment, or its writer died between two calls.
  if (holder === "") return age > 2_000
  const liveness = livenessOf(holder)
  return liveness === "dead" || (liveness === "elsewhere" && age > afterMs)
}

async function createFile(file: string, content: string): Promise<boolean> {
  try {
    const handle = await open(file, "wx", 0o600)
    try {
      await handle.writeFile(content)
    } finally {
      await handle.close()
    }
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false
    throw error
  }
}
