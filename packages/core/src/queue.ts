import type { JobId } from "./job.js"

/**
 * Tells workers that a job may be claimable. The queue is a bell, not a memory: a message names a job and carries nothing
 * else, no input, no secret, ever. It may be late, doubled or lost; the store finds what was missed. Retries, delays,
 * limits, pauses and priorities live in the store, so that every queue behaves alike.
 *
 * Prove an implementation with `describeQueue` from `@assay/core/testing`.
 */
export interface Queue {
  /** For people: `memory`, `redis`. */
  readonly name: string
  /**
   * Whether rings outlive this process. Where they do not, everything queued is rung again when a runtime starts.
   */
  readonly durable: boolean
  /** Remembers the store this queue rings for. Rejects with `QUEUE_MISMATCH` when it rings for another one. */
  bind(storeIdentity: string): Promise<void>
  /** Rings once for each job. Ringing twice is allowed. Rejects with `UNAVAILABLE` when nobody could be told. */
  publish(hints: readonly Hint[]): Promise<void>
  /**
   * Calls `handle` for each ring, with at most `concurrency` calls unsettled at once. `handle` stays unsettled while
   * the job it claimed runs, which is what keeps a busy worker from taking rings an idle one should hear. A rejection is
   * a bug of the caller: log it and go on. Ends when `signal` aborts or the consumer is stopped.
   */
  consume(handle: (hint: Hint) => Promise<void>, options: ConsumeOptions): Promise<Consumer>
  /** Rings that nobody has heard yet. */
  depth(): Promise<number>
  /** Calls `listener` when rings may have been lost (a connection came back). Returns a function that stops it. */
  onRestored(listener: () => void): () => void
  /**
   * Stops consumers and releases what the queue itself opened. Safe to call twice. `publish` and `consume` reject with
   * `CLOSED` afterwards.
   */
  close(): Promise<void>
}

export interface Hint {
  readonly jobId: JobId
  /** A copy, for queues that order their rings. The store's order decides. */
  readonly priority: number
}

export interface ConsumeOptions {
  readonly concurrency: number
  readonly signal?: AbortSignal
}

export interface Consumer {
  /** Takes no more rings; resolves when the calls in hand have settled. Safe to call twice. */
  stop(): Promise<void>
}
