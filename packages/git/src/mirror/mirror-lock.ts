import { randomUUID } from "node:crypto"
import { readdir, readlink, rm } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { makeFolder } from "@assay/core"
import { abortedError } from "../errors.js"
import { isAbandoned, keepTouched, makeLink } from "./owned-link.js"
import { processIdentity } from "./process-identity.js"

/** The right to write one mirror. Nobody else on this machine has it until it is released. */
export interface MirrorLock {
  release(): Promise<void>
}

/** A holder on another machine counts as gone when its lock has not been touched for so long. */
const abandonedAfterMs = 30_000
const takeoverAbandonedAfterMs = 10_000

/**
 * Waits until the lock of `name` is free and takes it. The lock says which process holds it: two processes on one folder
 * exclude each other, and the lock of a process that was killed is taken over at once. Ends with `ABORTED` when the
 * signal fires.
 */
export async function lockMirror(folder: string, name: string, signal?: AbortSignal): Promise<MirrorLock> {
  makeFolder(folder)
  const lock = join(folder, `${name}.lock`)
  const holder = `${processIdentity()}.${randomUUID()}`
  for (let attempt = 0; ; attempt++) {
    if (signal?.aborted) throw abortedError(signal)
    if (await makeLink(lock, holder)) break
    if (await isAbandoned(lock, abandonedAfterMs)) {
      await takeOver(lock)
      continue
    }
    await wait(Math.min(20 * 2 ** Math.min(attempt, 5), 500), undefined, signal ? { signal } : {}).catch(() => {})
  }

  return held(lock, holder)
}

/** Takes the lock of `name` if it is free. `undefined` if somebody has it. */
export async function tryLockMirror(folder: string, name: string): Promise<MirrorLock | undefined> {
  makeFolder(folder)
  const lock = join(folder, `${name}.lock`)
  const holder = `${processIdentity()}.${randomUUID()}`
  if (await isAbandoned(lock, abandonedAfterMs)) await takeOver(lock)
  return (await makeLink(lock, holder)) ? held(lock, holder) : undefined
}

function held(lock: string, holder: string): MirrorLock {
  const untouch = keepTouched(lock)
  let released: Promise<void> | undefined
  return {
    release() {
      released ??= (async () => {
        untouch()
        // If it was taken from us (a machine that slept), it is somebody else's by now.
        if ((await readlink(lock).catch(() => "")) === holder) await rm(lock, { force: true })
      })()
      return released
    },
  }
}

/** Removes the locks of processes that are gone. The next to ask for one would do the same. */
export async function sweepLocks(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    if (name.endsWith(".lock") && (await isAbandoned(path, abandonedAfterMs))) await takeOver(path)
    // Its holder died while it took over a lock that is gone by now.
    if (name.endsWith(".takeover") && (await isAbandoned(path, takeoverAbandonedAfterMs)))
      await rm(path, { force: true })
  }
}

/** Removes a lock whose holder is gone. Of several processes that find it at once, one does; the others look again. */
async function takeOver(lock: string): Promise<void> {
  const guard = `${lock}.takeover`
  if (!(await makeLink(guard, processIdentity()))) {
    if (await isAbandoned(guard, takeoverAbandonedAfterMs)) await rm(guard, { force: true })
    return
  }
  try {
    // Somebody may have taken it over and locked it anew since we looked.
    if (await isAbandoned(lock, abandonedAfterMs)) await rm(lock, { force: true })
  } finally {
    await rm(guard, { force: true })
  }
}
