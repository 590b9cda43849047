import { abortReason } from "./abort-reason.js"
import type { AttemptRun } from "./attempt.js"
import type { Clock } from "./clock.js"
import type { JobId } from "./job.js"
import type { Logger } from "./logger.js"
import type { JobStore } from "./store.js"

/** Keeps the leases of a worker's running attempts, and gives up those it cannot keep. */
export interface Heartbeats {
  start(): void
  stop(): void
  /** The store has just confirmed this attempt's lease. */
  confirmed(attempt: AttemptRun): void
  /** Whether its lease is surely still ours, as far as our own clock can tell. */
  trusted(attempt: AttemptRun): boolean
}

export function createHeartbeats(options: {
  store: JobStore
  running: ReadonlyMap<JobId, AttemptRun>
  leaseMs: number
  clock: Clock
  logger: Logger
}): Heartbeats {
  const { store, running, leaseMs, clock, logger } = options
  const confirmedAt = new WeakMap<AttemptRun, number>()
  const ended = new AbortController()
  let lastBeatAt = -Infinity
  let beating = false

  // Fenced before the store's lease can have run out: another worker may own the job from then on.
  const trusted = (attempt: AttemptRun): boolean =>
    clock.monotonic() - (confirmedAt.get(attempt) ?? -Infinity) < leaseMs * 0.9

  async function beat(): Promise<void> {
    const attempts = [...running.values()]
    const askedAt = clock.monotonic()
    // A beat that hangs on a dead connection must not keep those after it from being sent on a new one.
    if (attempts.length === 0 || (beating && askedAt - lastBeatAt < leaseMs / 2)) return
    beating = true
    lastBeatAt = askedAt
    try {
      const replies = await store.heartbeat(
        attempts.map((attempt) => attempt.lease),
        leaseMs,
      )
      attempts.forEach((attempt, index) => {
        const reply = replies[index]
        if (!reply?.alive) attempt.abort(abortReason.staleLease(attempt.lease))
        else {
          // From when it was asked: the answer may have been long on its way.
          confirmedAt.set(attempt, askedAt)
          if (reply.cancelRequested) attempt.abort(abortReason.cancelled())
        }
      })
    } catch (error) {
      logger.warn({ error }, "heartbeat failed")
    }
    beating = false
  }

  async function loop(): Promise<void> {
    while (!ended.signal.aborted) {
      await clock.sleep(leaseMs / 6, ended.signal)
      if (ended.signal.aborted) return
      // Not awaited: a store that hangs must not keep us from fencing ourselves.
      void beat()
      for (const attempt of running.values())
        if (!trusted(attempt)) attempt.abort(abortReason.staleLease(attempt.lease))
    }
  }

  return {
    start: () => void loop(),
    stop: () => {
      ended.abort()
    },
    confirmed: (attempt) => {
      confirmedAt.set(attempt, clock.monotonic())
    },
    trusted,
  }
}
