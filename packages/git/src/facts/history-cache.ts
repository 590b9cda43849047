import type { HistoryBlock } from "./snapshot-facts.js"

/** Blocks as they were unpacked last, so that the next question about the same history need not unpack them again. */
export interface HistoryCache {
  get(id: number): HistoryBlock | undefined
  put(id: number, block: HistoryBlock): void
}

const mostBytes = 64 * 2 ** 20
const bytesPerCommit = 47
const bytesPerChange = 18

/** Holds some 64 MiB of what was used last: a history of 300,000 commits. */
export function createHistoryCache(): HistoryCache {
  const blocks = new Map<number, HistoryBlock>()
  let bytes = 0
  return {
    get(id) {
      const block = blocks.get(id)
      if (!block) return undefined
      // The order of a Map is that of insertion: what is asked for goes to the end.
      blocks.delete(id)
      blocks.set(id, block)
      return block
    },
    put(id, block) {
      if (blocks.has(id)) return
      blocks.set(id, block)
      bytes += bytesOf(block)
      for (const [oldest, old] of blocks) {
        if (bytes <= mostBytes) break
        blocks.delete(oldest)
        bytes -= bytesOf(old)
      }
    },
  }
}

function bytesOf({ commits, changes }: HistoryBlock): number {
  return commits.length * bytesPerCommit + changes.length * bytesPerChange
}

const caches = new WeakMap<object, HistoryCache>()

/** The cache of everybody who reads this database. It goes when the database does. */
export function historyCacheOf(database: object): HistoryCache {
  let cache = caches.get(database)
  if (!cache) caches.set(database, (cache = createHistoryCache()))
  return cache
}
