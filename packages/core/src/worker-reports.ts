import type { Clock } from "./clock.js"
import type { Logger } from "./logger.js"
import type { WorkerRegistry, WorkerReport } from "./worker-registry.js"

/** Tells the registry, now and then, that a worker lives. Work does not wait for it, and does not fail with it. */
export interface WorkerReports {
  start(): void
  /** Something changed that should be seen at once. */
  report(): void
  /** Takes the worker out of the registry, if it was ever in it. */
  end(): Promise<void>
}

export function createWorkerReports(options: {
  registry: WorkerRegistry | undefined
  describe: () => WorkerReport
  /** One that does not report for so long is taken for dead. */
  leaseMs: number
  clock: Clock
  logger: Logger
}): WorkerReports {
  const { registry, describe, leaseMs, clock, logger } = options
  const ended = new AbortController()
  let started = false
  // One after the other: a report that is late must not bring back a worker that has left.
  let saying = Promise.resolve()

  function say(what: () => Promise<void>): Promise<void> {
    saying = saying.then(what).catch((error: unknown) => {
      logger.debug({ error }, "could not report to the registry of workers")
    })
    return saying
  }

  function report(): void {
    if (registry && started && !ended.signal.aborted) void say(() => registry.report(describe(), leaseMs))
  }

  async function loop(): Promise<void> {
    while (!ended.signal.aborted) {
      report()
      await Promise.all([saying, clock.sleep(leaseMs / 3, ended.signal)])
    }
  }

  return {
    start() {
      if (!registry || started) return
      started = true
      void loop()
    },
    report,
    async end() {
      ended.abort()
      if (registry && started) await say(() => registry.leave(describe().id))
    },
  }
}
