import type { Chore } from "./chore.js"
import type { Clock } from "./clock.js"
import type { Logger } from "./logger.js"
import type { JobStore } from "./store.js"

/** Which finished jobs are kept. A job that either limit excludes is forgotten, except the newest of each repository. */
export interface Retention {
  /** So many of those that finished last, of each tenant. Default: no limit. */
  readonly keepJobs?: number | undefined
  /** For so long after they finished, in milliseconds. Default: no limit. */
  readonly keepMs?: number | undefined
}

/** Little enough not to hold up those who claim and complete. */
const batchSize = 1000
/** For retention it does not matter when. */
const pauseMs = 60_000
/** A process that has just started has more urgent things to do. */
const firstAfterMs = 5000

/** Forgets finished jobs about once a minute, while there is a limit at all. */
export function createRetention(options: {
  store: Pick<JobStore, "prune">
  retention: Retention | undefined
  clock: Pick<Clock, "monotonic">
  logger: Logger
  ended: AbortSignal
}): Chore {
  const { store, retention: { keepJobs, keepMs } = {}, clock, logger, ended } = options
  const limits = { ...(keepJobs === undefined ? {} : { keepJobs }), ...(keepMs === undefined ? {} : { keepMs }) }
  let nextAt = clock.monotonic() + firstAfterMs

  async function prune(): Promise<void> {
    let forgotten = 0
    for (let batch = batchSize; batch >= batchSize && !ended.aborted;) {
      batch = await store.prune({ ...limits, limit: batchSize })
      forgotten += batch
    }
    if (forgotten > 0) logger.info({ jobs: forgotten }, "finished jobs forgotten")
  }

  return {
    async run() {
      if (keepJobs === undefined && keepMs === undefined) return Infinity
      const restMs = nextAt - clock.monotonic()
      if (restMs > 0) return restMs
      try {
        await prune()
      } catch (error) {
        logger.warn({ error }, "could not forget finished jobs")
      }
      nextAt = clock.monotonic() + pauseMs
      return pauseMs
    },
  }
}
