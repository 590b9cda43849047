import { createAlarm } from "./alarm.js"
import { createBatcher } from "./batcher.js"
import { limitsThatCount } from "./claim-room.js"
import type { Clock } from "./clock.js"
import type { JobDefinition } from "./definition.js"
import type { Dispatcher } from "./dispatcher.js"
import type { Job, JobId } from "./job.js"
import type { Logger } from "./logger.js"
import { createSlots } from "./slots.js"
import type { ClaimRequest, JobStore } from "./store.js"

/** What a worker does for one queue: claims as many of its jobs as it has places for. */
export interface QueueWork {
  /** A bell was rung: claims the best job, usually the one it was rung for, and then the next, until nothing is left. */
  heard(rungFor: JobId): Promise<void>
  /** Claims without being rung for, as far as there are places. */
  look(): void
  /** Claims no more. Resolves when the jobs in hand have ended, and others know what these left room for. */
  stop(): Promise<void>
}

export interface QueueWorkOptions {
  queue: string
  definitions: readonly JobDefinition[]
  concurrency: number
  worker: string
  leaseMs: number
  store: JobStore
  dispatcher: Dispatcher
  clock: Clock
  logger: Logger
  /** Called with what was claimed at once. */
  claimed: (jobs: readonly Job[]) => void
  /** Runs a job to its end. */
  perform: (job: Job) => Promise<void>
}

/** When the store could not be reached. */
const askAgainAfterMs = 1000

export function createQueueWork(options: QueueWorkOptions): QueueWork {
  const { queue, definitions, concurrency, worker, leaseMs, store, dispatcher, clock, logger } = options
  const types = definitions.map(({ type }) => type)
  const limits = limitsThatCount(types, Object.fromEntries(definitions.map((each) => [each.type, each.limits])))
  const slots = createSlots(concurrency)
  const alarm = createAlarm(clock, () => claimFor(askAgain))
  const underWay = new Set<Promise<void>>()
  let stopped = false

  /** Claims of several rings that come at once share a statement. */
  const claims = createBatcher<JobId | undefined, Job | undefined>({
    run: async (rungFor) => {
      const prefer = rungFor.filter((jobId) => jobId !== undefined)
      const { jobs, nextInMs } = await store.claim(claimRequest(rungFor.length, prefer))
      dispatcher.claimed(jobs.map((job) => job.id))
      options.claimed(jobs)
      // A millisecond at least: what was not there yet by the store's clock is not asked for in a loop.
      if (nextInMs !== undefined) alarm.set(Math.max(1, nextInMs))
      return rungFor.map((_, index) => jobs[index])
    },
  })

  function claimRequest(limit: number, prefer: readonly JobId[]): ClaimRequest {
    const request = { worker, queue, types, limit, leaseMs, prefer }
    return Object.keys(limits).length > 0 ? { ...request, limits } : request
  }

  async function work(rungFor: JobId | undefined): Promise<void> {
    const giveBack = await slots.take()
    try {
      let ended: Job | undefined
      for (let prefer = rungFor; !stopped; prefer = undefined) {
        const job = await claims.add(prefer)
        // What the job that ended left room for is not what this worker does next.
        if (ended && job && job.type !== ended.type) tellOthers([ended.type])
        ended = undefined
        if (!job) return
        await options.perform(job)
        if (Object.hasOwn(limits, job.type)) ended = job
      }
      if (ended) tellOthers([ended.type])
    } finally {
      giveBack()
    }
  }

  function claimFor(failed: (error: unknown) => void): void {
    for (let free = slots.free; free > 0; free--) void track(work(undefined).catch(failed))
  }

  function askAgain(error: unknown): void {
    logger.warn({ error, queue }, "could not ask for jobs that a rate kept waiting")
    alarm.set(askAgainAfterMs)
  }

  /** Whoever hears it claims the best job that there is room for. */
  function tellOthers(types: readonly string[]): void {
    void track(dispatcher.ringForQueued({ queue, types, limit: 1 }))
  }

  function track(work: Promise<void>): Promise<void> {
    underWay.add(work)
    const over = (): void => void underWay.delete(work)
    work.then(over, over)
    return work
  }

  return {
    heard: (rungFor) => track(work(rungFor)),
    look: () => {
      if (stopped) return
      claimFor((error) => logger.debug({ error, queue }, "could not look for jobs that nobody rang for"))
    },
    async stop() {
      stopped = true
      // Others wait for a moment at which nobody would ask.
      if (alarm.stop()) tellOthers(Object.keys(limits))
      while (underWay.size > 0) await Promise.allSettled(underWay)
    },
  }
}
