import type { PotpieError } from "../errors.js"

export interface RetryPolicy {
  /** How often a call is made again at most. Default 3; 0 never does. */
  retries: number
  /** The longest first pause, in milliseconds; it doubles from pause to pause. Default 500. */
  firstMs: number
  /** The longest pause. A server that asks for more with `Retry-After` gets none: the error is thrown. Default 30,000. */
  maxMs: number
  /**
   * The pause before the single retry of a 401 for a key that has worked before: a server whose database is down takes every
   * key for a wrong one. Default 5,000.
   */
  unauthorizedMs: number
}

export const defaultRetry: RetryPolicy = { retries: 3, firstMs: 500, maxMs: 30_000, unauthorizedMs: 5_000 }

export interface RetryFacts {
  /** How many retries there were. */
  retried: number
  /** Whether this key was accepted before, and no 401 was retried in this call yet. */
  keyWorked: boolean
  /** From 0 to 1. */
  random: number
}

/** Milliseconds to wait before the call is made again, or nothing if it must not be. */
export function retryDelay(policy: RetryPolicy, error: PotpieError, facts: RetryFacts): number | undefined {
  if (facts.retried >= policy.retries) return undefined
  if (error.code === "POTPIE_AUTH") return facts.keyWorked ? policy.unauthorizedMs : undefined
  if (!error.retryable) return undefined
  const least = error.retryAfterMs ?? 0
  if (least > policy.maxMs) return undefined
  // Jitter: those who failed together do not come back together.
  return Math.min(policy.maxMs, least + policy.firstMs * 2 ** facts.retried * facts.random)
}
