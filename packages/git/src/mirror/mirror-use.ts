import { randomUUID } from "node:crypto"
import { readdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { makeFolder } from "@assay/core"
import { abortedError } from "../errors.js"
import { isAbandoned, keepTouched, makeLink } from "./owned-link.js"
import { processIdentity } from "./process-identity.js"

/** While somebody holds one, the mirror is not removed to make room. Any number of them, in any number of processes. */
export interface MirrorUse extends AsyncDisposable {
  /** Releasing twice is fine. */
  release(): Promise<void>
}

const abandonedAfterMs = 30_000

/**
 * Marks a mirror as in use, whether it is there or not. Does not wait for whoever writes it; waits for the moment that it
 * takes to remove it, if it is just being removed to make room. Ends with `ABORTED` when the signal fires.
 */
export async function useMirror(folder: string, id: string, signal?: AbortSignal): Promise<MirrorUse> {
  if (signal?.aborted) throw abortedError(signal)
  makeFolder(folder)
  const mark = join(folder, `${id}.${randomUUID()}.use`)
  await makeLink(mark, processIdentity())
  const untouch = keepTouched(mark)
  let released: Promise<void> | undefined
  const release = (): Promise<void> => {
    untouch()
    return (released ??= rm(mark, { force: true }))
  }
  // First our mark, then a look at theirs; whoever evicts does it the other way round. One of the two sees the other.
  for (;;) {
    if (!(await isBeingEvicted(folder, id))) return { release, [Symbol.asyncDispose]: release }
    if (signal?.aborted) {
      await release()
      throw abortedError(signal)
    }
    await wait(5)
  }
}

/**
 * Runs `evict` unless somebody uses the mirror, and returns whether it did. Whoever wants to use it meanwhile waits until
 * that is over. Only for the holder of the mirror's lock.
 */
export async function unlessInUse(folder: string, id: string, evict: () => Promise<void>): Promise<boolean> {
  makeFolder(folder)
  const mark = evictionMark(folder, id)
  // What a process left that died while it held the lock that is ours now.
  await rm(mark, { force: true })
  await makeLink(mark, processIdentity())
  try {
    if (await isInUse(folder, id)) return false
    await evict()
    return true
  } finally {
    await rm(mark, { force: true })
  }
}

/** Removes the marks of processes that are gone. */
export async function sweepUses(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    if (await isAbandoned(path, abandonedAfterMs)) await rm(path, { force: true })
  }
}

/** Whether somebody who is still there uses the mirror. */
export async function isInUse(folder: string, id: string): Promise<boolean> {
  for (const name of await readdir(folder).catch(() => [])) {
    // Ids hold no dot, so none is the beginning of another one's marks.
    if (!name.startsWith(`${id}.`) || !name.endsWith(".use")) continue
    if (!(await isAbandoned(join(folder, name), abandonedAfterMs))) return true
  }
  return false
}

async function isBeingEvicted(folder: string, id: string): Promise<boolean> {
  const mark = evictionMark(folder, id)
  const names = await readdir(folder)
  return names.includes(`${id}.eviction`) && !(await isAbandoned(mark, abandonedAfterMs))
}

function evictionMark(folder: string, id: string): string {
  return join(folder, `${id}.eviction`)
}
