import { readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"

/** What lies below a folder. */
export interface FolderSize {
  /** Of all files. */
  bytes: number
  /** Files and folders. */
  entries: number
}

/**
 * Calls `look` with the size of a folder at once and then twice a second, until the signal fires or it returns `false`.
 * Git has no limit of its own for what it receives. No more than `most` entries are counted.
 */
export async function watchSize(
  folder: string,
  options: { most: number; signal: AbortSignal; look: (size: FolderSize) => Promise<boolean> },
): Promise<void> {
  const { most, signal, look } = options
  while (!signal.aborted) {
    if (!(await look(await sizeOf(folder, most)))) return
    await wait(500, undefined, { signal }).catch(() => {})
  }
}

/**
 * Measures a folder. Files that vanish meanwhile do not count. Stops soon after `most` entries, so that whoever fills a
 * disk with files cannot also keep us busy with counting them.
 */
export async function sizeOf(folder: string, most = Infinity): Promise<FolderSize> {
  const size: FolderSize = { bytes: 0, entries: 0 }
  const folders = [folder]
  for (let next = folders.pop(); next !== undefined && size.entries <= most; next = folders.pop()) {
    for (const entry of await readdir(next, { withFileTypes: true }).catch(() => [])) {
      if (size.entries++ > most) break
      const path = join(next, entry.name)
      if (entry.isDirectory()) folders.push(path)
      else
        size.bytes += await stat(path)
          .then((found) => found.size)
          .catch(() => 0)
    }
  }
  return size
}
