import type { SnapshotFacts } from "../facts/snapshot-facts.js"
import { loadFacts } from "./loaded-facts.js"
import type { LoadedFacts } from "./loaded-facts.js"

/** Keeps the facts of snapshots that were asked about last, so that the next question about one need not read them again. */
export interface FactsCache {
  open(key: string, open: () => SnapshotFacts): LoadedFacts
  /** Lets go of what was used longest ago until the rest fits. Call it when an answer is ready. */
  trim(): void
}

export function createFactsCache(mostBytes: number): FactsCache {
  const all = new Map<string, LoadedFacts>()
  return {
    open(key, open) {
      const facts = all.get(key) ?? loadFacts(open())
      // The order of a Map is that of insertion: what is asked for goes to the end.
      all.delete(key)
      all.set(key, facts)
      return facts
    },
    trim() {
      let bytes = 0
      for (const facts of all.values()) bytes += facts.bytes()
      for (const [key, facts] of all) {
        if (bytes <= mostBytes) break
        // What can be computed again goes before what would have to be read again.
        bytes -= facts.shared.bytes()
        facts.shared.clear()
        if (bytes <= mostBytes) break
        all.delete(key)
        bytes -= facts.bytes()
      }
    },
  }
}
