/**
 * The seam through which the runtime reads time and waits. Stores do not use it: their time is the database's,
 * so that machines with different clocks agree about leases.
 */
export interface Clock {
  /** The wall clock, in milliseconds since the epoch. For people and for rows. */
  now(): number
  /** A clock that never jumps, in milliseconds since an arbitrary moment. For measuring how long something took. */
  monotonic(): number
  /** Resolves after `ms` milliseconds; at once, without an error, when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const wake = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener("abort", wake)
        resolve()
      }
      // Longer waits than a 32-bit timer can hold would fire at once.
      const timer = setTimeout(wake, Math.min(ms, 2 ** 31 - 1))
      signal?.addEventListener("abort", wake, { once: true })
    }),
}
