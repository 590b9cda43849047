import { readFile, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { randomUUID } from "node:crypto"
import { GitError } from "../errors.js"
import { lockMirror, tryLockMirror } from "./mirror-lock.js"
import { moveToTrash, removeFolder } from "./mirror-folders.js"
import type { MirrorFolders } from "./mirror-folders.js"
import { isInUse, unlessInUse } from "./mirror-use.js"
import { sizeOf } from "./size-watchdog.js"

/** One mirror on this machine. */
export interface StoredMirror {
  id: string
  bytes: number
  /** When somebody last fetched, or began or ended to read it. */
  usedAt: Date
  /** Somebody reads it, in this process or another. */
  inUse: boolean
}

export interface StorageUsage {
  /** Of all mirrors, and of those that are just being made. */
  bytes: number
  /** What they may take together; `undefined` if there is no limit. */
  limit: number | undefined
  /** The least recently used first. */
  mirrors: StoredMirror[]
}

/** A mirror that is being made or brought up to date. */
export interface GrowingMirror {
  id: string
  /** Where it is written: not the place of `id` while it is being made. */
  path: string
  /** How large it is by now. Default: as it was recorded. */
  bytes?: number
  signal?: AbortSignal | undefined
}

/** Knows how much the mirrors take, and makes room. */
export interface MirrorStorage {
  /** Remembers the size of a mirror that was just written, and that it was used now. Only for the holder of its lock. */
  record(path: string): Promise<void>
  /** Remembers that a mirror was used now; one that is not there is fine. */
  touch(id: string): Promise<void>
  usage(): Promise<StorageUsage>
  /**
   * Removes the least recently used mirrors until all others together, finished or not, leave room for this one. Throws
   * `REPOSITORY_TOO_LARGE` if it would not fit alone, and `DISK_FULL` if the others that are left are in use.
   */
  makeRoom(mirror: GrowingMirror): Promise<void>
}

/** Holds the size of a mirror, in bytes; its time is the time of the last use. It goes where the mirror goes. */
const recordName = "assay-size"

export function createMirrorStorage(folders: MirrorFolders, limit: number | undefined): MirrorStorage {
  async function look(id: string): Promise<Omit<StoredMirror, "inUse"> | undefined> {
    const path = join(folders.mirrors, id)
    const file = join(path, recordName)
    for (let attempt = 0; attempt < 2; attempt++) {
      const [text, found] = await Promise.all([
        readFile(file, "utf8").catch(() => ""),
        stat(file).catch(() => undefined),
      ])
      if (found && /^\d+\n$/.test(text)) return { id, bytes: Number(text), usedAt: found.mtime }
      const folder = await stat(path).catch(() => undefined)
      if (!folder) return undefined
      // Nobody has counted it yet: it is older than this, or whoever made it was killed before.
      await record(path, folder.mtime)
    }
    return { id, bytes: (await sizeOf(join(folders.mirrors, id))).bytes, usedAt: new Date(0) }
  }

  async function record(path: string, usedAt?: Date): Promise<void> {
    const { bytes } = await sizeOf(path)
    const unfinished = join(path, `${recordName}.${randomUUID()}.lock`)
    try {
      await writeFile(unfinished, `${bytes}\n`)
      if (usedAt) await utimes(unfinished, usedAt, usedAt)
      await rename(unfinished, join(path, recordName))
    } catch {
      // It is counted again when it is needed; a full disk must not make a good mirror a failure.
      await rm(unfinished, { force: true }).catch(() => {})
    }
  }

  async function list(): Promise<Omit<StoredMirror, "inUse">[]> {
    const names = await readdir(folders.mirrors).catch(() => [])
    const found = await Promise.all(names.map(look))
    return found.filter((mirror) => mirror !== undefined).sort((a, b) => a.usedAt.getTime() - b.usedAt.getTime())
  }

  async function evict(id: string): Promise<boolean> {
    const lock = await tryLockMirror(folders.locks, id)
    if (!lock) return false
    try {
      return await unlessInUse(folders.uses, id, async () => {
        const doomed = await moveToTrash(join(folders.mirrors, id), folders)
        if (doomed !== undefined) await removeFolder(doomed)
      })
    } finally {
      await lock.release()
    }
  }

  return {
    record: (path) => record(path),

    async touch(id) {
      const now = new Date()
      await utimes(join(folders.mirrors, id, recordName), now, now).catch(() => {})
    },

    async usage() {
      const mirrors: StoredMirror[] = []
      for (const mirror of await list()) mirrors.push({ ...mirror, inUse: await isInUse(folders.uses, mirror.id) })
      const { bytes } = await sizeOf(folders.quarantine)
      return { bytes: mirrors.reduce((sum, mirror) => sum + mirror.bytes, bytes), limit, mirrors }
    },

    async makeRoom({ id, path, signal, ...growing }) {
      if (limit === undefined) return
      const bytes = growing.bytes ?? (await look(id))?.bytes ?? 0
      if (bytes > limit) {
        throw new GitError("REPOSITORY_TOO_LARGE", `The repository is larger than all mirrors together may be.`, {
          hint: `GIT_STORAGE_LIMIT is ${limit} bytes.`,
        })
      }
      // One at a time: two that look for room at once would remove twice as much as is needed.
      const lock = await lockMirror(folders.locks, ".storage", signal)
      try {
        const others = (await list()).filter((mirror) => mirror.id !== id)
        let taken = others.reduce((sum, mirror) => sum + mirror.bytes, bytes)
        for (const name of await readdir(folders.quarantine).catch(() => [])) {
          const other = join(folders.quarantine, name)
          if (other !== path) taken += (await sizeOf(other)).bytes
        }
        for (const mirror of others) {
          if (taken <= limit) return
          if (await evict(mirror.id)) taken -= mirror.bytes
        }
        if (taken <= limit) return
        throw new GitError("DISK_FULL", "There is no room for the mirror: the others that are here are in use.", {
          hint: `GIT_STORAGE_LIMIT is ${limit} bytes. Raise it, or let this machine do less at once.`,
        })
      } finally {
        await lock.release()
      }
    },
  }
}
