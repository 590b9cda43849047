import type { Clock } from "./clock.js"

/** Calls back once, at the earliest of the moments it was set to since it last did. */
export interface Alarm {
  /** From now, in milliseconds. */
  set(inMs: number): void
  /** Returns whether it was set. It cannot be set any more. */
  stop(): boolean
}

export function createAlarm(clock: Pick<Clock, "monotonic" | "sleep">, call: () => void): Alarm {
  let at = Infinity
  let waiting = new AbortController()
  let stopped = false

  async function wait(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && at > clock.monotonic()) await clock.sleep(at - clock.monotonic(), signal)
    if (signal.aborted) return
    at = Infinity
    call()
  }

  return {
    set(inMs) {
      const wanted = clock.monotonic() + inMs
      if (stopped || wanted >= at) return
      at = wanted
      waiting.abort()
      waiting = new AbortController()
      void wait(waiting.signal)
    },
    stop() {
      stopped = true
      waiting.abort()
      return at < Infinity
    },
  }
}
