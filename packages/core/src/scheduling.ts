import { announceEnqueued } from "./announce-enqueued.js"
import type { Announcer } from "./announcer.js"
import type { Chore } from "./chore.js"
import type { Clock } from "./clock.js"
import type { Dispatcher } from "./dispatcher.js"
import { newJobId } from "./job-id.js"
import type { Logger } from "./logger.js"
import { nextMoment } from "./next-moment.js"
import type { Schedule, ScheduleStore } from "./schedule.js"
import type { JobStore } from "./store.js"

export interface Scheduling extends Chore {
  /** A schedule's moment comes that long from now, in milliseconds. */
  expect(inMs: number): void
}

export interface SchedulingOptions {
  store: Pick<JobStore, "enqueue">
  schedules: ScheduleStore | undefined
  announcer: Announcer
  dispatcher: Dispatcher
  clock: Pick<Clock, "monotonic">
  logger: Logger
  expectSweep: (inMs: number) => void
}

const batchSize = 100

/**
 * Makes the jobs of schedules whose moment has come. Any number of processes may do this at once, and die at any point: the
 * job is added first, under a key made of the moment, and only then the schedule moves on. Whoever comes second finds
 * the job of that key and just moves on.
 */
export function createScheduling(options: SchedulingOptions): Scheduling {
  const { store, schedules, clock, logger } = options
  let nextAt = -Infinity

  /** Until its moment after this one, in milliseconds. */
  async function fire(due: ScheduleStore, schedule: Schedule, now: Date): Promise<number> {
    const { tenant, id, recurrence } = schedule
    const then = nextMoment(recurrence, later(now, schedule.nextAt), schedule.nextAt)
    if (!then) throw new Error(`Schedule ${id} has no next moment.`)
    const [enqueued] = await store.enqueue([
      {
        ...schedule.job,
        ...{ id: newJobId(), tenant, delayMs: 0, secrets: {} },
        idempotencyKey: `schedule/${tenant}/${id}/${schedule.nextAt.toISOString()}`,
      },
    ])
    if (!enqueued) throw new Error(`The store did not answer for schedule ${id}.`)
    await announceEnqueued(enqueued, options, 0)
    await due.advance(schedule, enqueued.job, then)
    logger.debug({ scheduleId: id, jobId: enqueued.job.id, added: enqueued.added }, "schedule fired")
    return then.getTime() - now.getTime()
  }

  /** Until the next moment. */
  async function fireDue(from: ScheduleStore): Promise<number> {
    const { schedules: found, now, nextInMs } = await from.due(batchSize)
    let restMs = nextInMs ?? Infinity
    let fired = 0
    for (const schedule of found) {
      try {
        restMs = Math.min(restMs, await fire(from, schedule, now))
        fired++
      } catch (error) {
        logger.warn({ error, scheduleId: schedule.id }, "a schedule could not fire; it is tried again")
      }
    }
    return found.length >= batchSize && fired > 0 ? 0 : restMs
  }

  return {
    expect: (inMs) => {
      nextAt = Math.min(nextAt, clock.monotonic() + inMs)
    },
    async run(sweepInMs) {
      if (!schedules) return Infinity
      const restMs = nextAt - clock.monotonic()
      if (restMs > 0) return restMs
      // Schedules that are put by another process are seen at the pace of the sweeps.
      nextAt = Infinity
      let pauseMs = sweepInMs
      try {
        pauseMs = Math.min(sweepInMs, await fireDue(schedules))
      } catch (error) {
        logger.warn({ error }, "could not look for schedules")
      }
      nextAt = Math.min(nextAt, clock.monotonic() + pauseMs)
      return nextAt - clock.monotonic()
    },
  }
}

function later(one: Date, other: Date): Date {
  return one > other ? one : other
}
