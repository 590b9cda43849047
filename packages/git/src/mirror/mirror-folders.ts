import { randomUUID } from "node:crypto"
import { readdir, rename, rm, stat } from "node:fs/promises"
import { join, resolve } from "node:path"
import { makeFolder } from "@assay/core"
import { livenessOf, processIdentity } from "./process-identity.js"

/** Where things lie below the root of the mirrors. All on one file system, so that a rename moves a whole mirror at once. */
export interface MirrorFolders {
  mirrors: string
  /** Mirrors that are being built. Each is named after the process that builds it. */
  quarantine: string
  /** What is being removed. */
  trash: string
  locks: string
  /** Who uses which mirror. */
  uses: string
  /** What git processes read instead of anybody's own configuration. */
  environment: string
}

export function mirrorFolders(root: string): MirrorFolders {
  const at = (name: string): string => join(resolve(root), name)
  return {
    mirrors: at("mirrors"),
    quarantine: at("quarantine"),
    trash: at("trash"),
    locks: at("locks"),
    uses: at("uses"),
    environment: at("environment"),
  }
}

/** Throws `DATA_FOLDER_UNUSABLE`. */
export function makeFolders(folders: MirrorFolders): void {
  for (const folder of Object.values(folders) as string[]) makeFolder(folder)
}

/** A new name in the quarantine or the trash that says who is responsible for it. */
export function ownedFolder(parent: string): string {
  return join(parent, `${processIdentity()}.${randomUUID()}`)
}

/** Makes a mirror disappear at once. Returns what is left to remove; nothing if there was no mirror. */
export async function moveToTrash(folder: string, folders: MirrorFolders): Promise<string | undefined> {
  const doomed = ownedFolder(folders.trash)
  try {
    await rename(folder, doomed)
    return doomed
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw error
  }
}

export async function removeFolder(folder: string): Promise<void> {
  // Git makes its packs read-only, and a process that is just ending may still add a file.
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
}

const abandonedAfterMs = 10 * 60_000

/** Removes what processes left behind that no longer run. Returns how many folders that were. */
export async function sweepFolders(folders: MirrorFolders): Promise<number> {
  let removed = 0
  for (const parent of [folders.quarantine, folders.trash]) {
    for (const name of await readdir(parent).catch(() => [])) {
      const folder = join(parent, name)
      if (!(await isOrphan(folder, name))) continue
      await removeFolder(folder)
      removed++
    }
  }
  return removed
}

async function isOrphan(folder: string, name: string): Promise<boolean> {
  const liveness = livenessOf(name)
  if (liveness !== "elsewhere") return liveness === "dead"
  let newest = 0
  for (const part of ["", "objects", "objects/pack", "refs"]) {
    newest = Math.max(
      newest,
      await stat(join(folder, part))
        .then((found) => found.mtimeMs)
        .catch(() => 0),
    )
  }
  return Date.now() - newest > abandonedAfterMs
}
