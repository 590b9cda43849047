/** How long a failed attempt waits before the next: exponential, with full jitter. All in milliseconds. */
export interface Backoff {
  /** The ceiling after the first failure. */
  readonly baseMs: number
  /** The ceiling for ever. */
  readonly maxMs: number
}

/** Of definitions that name none, in runtimes that name none either. */
export const defaultAttempts = 3

export const defaultBackoff: Backoff = { baseMs: 1000, maxMs: 300_000 }

/**
 * Full jitter: anything between 0 and `base · 2^(attempts - 1)`, capped. Jobs that failed together do not come back
 * together (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 *
 * @param attempts how many attempts were spent, 1 or more
 */
export function backoffMs(backoff: Backoff, attempts: number, random: () => number = Math.random): number {
  // Beyond 52 doublings any ceiling is reached, and beyond 1,023 the product would be infinite, or not a number.
  const doublings = Math.min(Math.max(0, attempts - 1), 52)
  const ceiling = Math.min(backoff.maxMs, backoff.baseMs * 2 ** doublings)
  return Math.round(random() * ceiling)
}
