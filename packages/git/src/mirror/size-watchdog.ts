import { readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"

/**
 * Calls `tooLarge` once when the files below `folder` exceed `limit` bytes, looking twice a second, until the signal
 * fires. Git has no limit of its own for what it receives.
 */
export async function watchSize(
  folder: string,
  limit: number,
  options: { signal: AbortSignal; tooLarge: () => void },
): Promise<void> {
  const { signal, tooLarge } = options
  while (!signal.aborted) {
    if ((await sizeOf(folder)) > limit) return tooLarge()
    await wait(500, undefined, { signal }).catch(() => {})
  }
}

/** Bytes of all files below a folder. Files that vanish meanwhile do not count. */
export async function sizeOf(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) bytes += await sizeOf(path)
    else
      bytes += await stat(path)
        .then((found) => found.size)
        .catch(() => 0)
  }
  return bytes
}
