import type { Announcer } from "./announcer.js"
import { crashed, lost } from "./change.js"
import type { Chore } from "./chore.js"
import type { Clock } from "./clock.js"
import type { Dispatcher } from "./dispatcher.js"
import type { Job, JobFailure } from "./job.js"
import { isFinished } from "./lifecycle.js"
import type { Logger } from "./logger.js"
import { createRetention } from "./retention.js"
import type { Retention } from "./retention.js"
import type { ScheduleStore } from "./schedule.js"
import { createScheduling } from "./scheduling.js"
import type { JobStore, Sweep } from "./store.js"

/**
 * Finds what nobody looks after: scheduled jobs whose moment has come, queued jobs whose bell was not heard, running jobs
 * whose worker is gone, schedules whose moment has come, finished jobs that need not be kept. One per process; safe to run in all of them at once. It sleeps until something is due, or until it
 * is told to expect something, so an idle process is quiet.
 */
export interface Recovery {
  start(): Promise<void>
  /** A sweep is needed that long from now, in milliseconds. */
  expect(inMs: number): void
  /** A schedule's moment comes that long from now, in milliseconds. */
  expectSchedule(inMs: number): void
  /** Something happened to some job: sweeps come at their busy pace again. */
  stir(): void
  /** One sweep now. `everything` rings for all queued jobs, as after a queue lost its rings. */
  sweep(options?: { everything?: boolean }): Promise<Sweep>
  stop(): Promise<void>
}

export interface RecoveryOptions {
  store: JobStore
  dispatcher: Dispatcher
  announcer: Announcer
  clock: Clock
  logger: Logger
  /** Queued jobs are rung for again after this long, in milliseconds. Default 30,000. */
  redispatchAfterMs?: number
  /** Longest pause between sweeps while any job is unfinished. Default 5,000. */
  busyEveryMs?: number
  /** Longest pause when all are finished. Default 30,000. */
  idleEveryMs?: number
  /** Without it nothing is ever forgotten. */
  retention?: Retention | undefined
  schedules?: ScheduleStore
  /** Called after a sweep that found unfinished jobs. */
  lookForWork?: () => void
}

const batchSize = 500
/** After a sweep that failed: what it would have found does not wait for longer than it has to. */
const tryAgainMs = 1000

export function createRecovery(options: RecoveryOptions): Recovery {
  const { store, dispatcher, announcer, clock, logger } = options
  const { redispatchAfterMs = 30_000, busyEveryMs = 5000, idleEveryMs = 30_000 } = options
  const ended = new AbortController()
  let looping: Promise<void> | undefined
  let wakeAt = Infinity
  let wake = new AbortController()
  const scheduling = createScheduling({
    ...{ store, dispatcher, announcer, clock, logger, expectSweep: expect },
    schedules: options.schedules,
  })
  const retention = createRetention({ store, retention: options.retention, clock, logger, ended: ended.signal })
  const chores: readonly Chore[] = [scheduling, retention]

  async function sweep({ everything = false } = {}): Promise<Sweep> {
    const found = await store.sweep({ limit: batchSize, redispatchAfterMs: everything ? 0 : redispatchAfterMs })
    announcer.events(found.due)
    if (found.expired.length > 0) {
      const jobs = (await store.apply(found.expired.map(changeForExpired))).filter((job) => job !== undefined)
      announcer.events(jobs)
      for (const job of jobs)
        logger.warn({ jobId: job.id, crashes: job.crashes, state: job.state }, "worker of a job was lost")
      // What a parked job leaves room for has nobody who would claim it next.
      for (const job of jobs) if (isFinished(job.state)) await dispatcher.ringForQueued({ queue: job.queue, limit: 1 })
      // Those that are queued again are found, and rung for, by the next sweep.
      if (jobs.length > 0) expect(0)
    }
    await dispatcher.ring(found.undispatched)
    if ([found.due, found.undispatched, found.expired].some((list) => list.length >= batchSize)) expect(0)
    return found
  }

  function expect(inMs: number): void {
    const at = clock.monotonic() + inMs
    if (at >= wakeAt) return
    wakeAt = at
    wake.abort()
  }

  async function loop(): Promise<void> {
    let failing = false
    while (!ended.signal.aborted) {
      let pauseMs = Math.min(busyEveryMs, tryAgainMs)
      wakeAt = Infinity
      try {
        const found = await sweep()
        if (found.unfinished) options.lookForWork?.()
        if (failing) logger.info({}, "sweeps succeed again")
        failing = false
        pauseMs = Math.min(found.unfinished ? busyEveryMs : idleEveryMs, found.nextInMs ?? Infinity)
        for (const chore of chores) pauseMs = Math.min(pauseMs, await chore.run(pauseMs))
      } catch (error) {
        // A store that is away for an hour needs to be mentioned once.
        logger[failing ? "debug" : "warn"]({ error }, "sweep failed")
        failing = true
      }
      // A few milliseconds at least: a job that is due but cannot be moved must not spin this loop.
      expect(Math.max(pauseMs, 5))
      await pause()
    }
  }

  async function pause(): Promise<void> {
    while (!ended.signal.aborted) {
      const restMs = wakeAt - clock.monotonic()
      if (restMs <= 0) return
      wake = new AbortController()
      await clock.sleep(restMs, AbortSignal.any([wake.signal, ended.signal]))
    }
  }

  return {
    async start() {
      looping ??= loop()
      return Promise.resolve()
    },
    expect,
    expectSchedule: (inMs) => {
      scheduling.expect(inMs)
      expect(inMs)
    },
    stir: () => {
      expect(busyEveryMs)
    },
    sweep,
    async stop() {
      ended.abort()
      await looping
    },
  }
}

function changeForExpired(job: Job): ReturnType<typeof lost> {
  const lease = { jobId: job.id, fence: job.fence }
  return job.crashes + 1 < job.maxCrashes || job.cancelRequestedAt ? lost(lease) : crashed(lease, crashFailure(job))
}

function crashFailure(job: Job): JobFailure {
  return {
    code: "JOB_CRASHED",
    message: `The job was parked because its worker was lost ${job.crashes + 1} times while running it.`,
    retryable: false,
    hint: "Look at the attempts for the workers concerned, and redrive the job when the cause is gone.",
  }
}
