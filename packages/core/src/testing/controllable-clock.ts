import { setImmediate } from "node:timers/promises"
import type { Clock } from "../clock.js"

export interface ControllableClock extends Clock {
  /**
   * Moves time forward by `ms`. Sleepers wake in the order of their moments, each at its own moment and with time to go on
   * (and to sleep again) before the next one wakes.
   */
  advance(ms: number): Promise<void>
  /** How many sleep. */
  readonly sleepers: number
}

/** A clock that stands still until it is told otherwise. Starts at noon of the first of January 2026, UTC. */
export function controllableClock(start = Date.UTC(2026, 0, 1, 12)): ControllableClock {
  let now = start
  const sleepers = new Set<Sleeper>()

  const earliest = (): Sleeper | undefined => {
    let first: Sleeper | undefined
    for (const sleeper of sleepers) if (!first || sleeper.at < first.at) first = sleeper
    return first
  }

  return {
    now: () => now,
    monotonic: () => now - start,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const wake = (): void => {
          sleepers.delete(sleeper)
          signal?.removeEventListener("abort", wake)
          resolve()
        }
        const sleeper: Sleeper = { at: now + Math.max(0, ms), wake }
        sleepers.add(sleeper)
        signal?.addEventListener("abort", wake, { once: true })
      }),
    async advance(ms) {
      const target = now + ms
      for (let next = earliest(); next && next.at <= target; next = earliest()) {
        now = Math.max(now, next.at)
        next.wake()
        await setImmediate()
      }
      now = target
      await setImmediate()
    },
    get sleepers() {
      return sleepers.size
    },
  }
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}
