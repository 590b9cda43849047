import type { Clock } from "./clock.js"
import type { Job } from "./job.js"
import type { Logger } from "./logger.js"
import type { Notification, Notifier } from "./notifier.js"

/** Tells whoever listens that there is something to read. Never waits and never fails: loss is tolerated. */
export interface Announcer {
  /** The rows of these jobs' events up to their event number are there. */
  events(jobs: Iterable<Job>): void
  progress(job: Job): void
  cancel(job: Job): void
  /** Resolves when everything was handed to the notifier. */
  idle(): Promise<void>
}

/**
 * On a busy system, notifications wait this long for others: of several events of one job only the last number is told,
 * because it says that all up to it can be read. On an idle one, and for a cancel, nothing waits.
 */
const togetherForMs = 15

export function createAnnouncer(notifier: Notifier, logger: Logger, clock: Pick<Clock, "monotonic">): Announcer {
  let waiting = new Map<string, Notification>()
  let planned: { cancel: () => void } | undefined
  let lastAt = -Infinity
  let publishing: Promise<void> = Promise.resolve()

  function announce(kind: Notification["kind"], job: Job): void {
    waiting.set(`${kind} ${job.id}`, { kind, jobId: job.id, number: job.eventNumber })
    const restMs = kind === "cancel" ? 0 : togetherForMs - (clock.monotonic() - lastAt)
    if (kind === "cancel") cancelPlan()
    planned ??= restMs > 0 ? later(publish, restMs) : soon(publish)
  }

  function cancelPlan(): void {
    planned?.cancel()
    planned = undefined
  }

  function publish(): void {
    cancelPlan()
    lastAt = clock.monotonic()
    const notifications = [...waiting.values()]
    waiting = new Map()
    if (notifications.length === 0) return
    publishing = publishing
      .then(() => notifier.publish(notifications))
      .catch((error: unknown) => {
        logger.debug({ error, notifications: notifications.length }, "notifications lost")
      })
  }

  return {
    events: (jobs) => {
      for (const job of jobs) announce("event", job)
    },
    progress: (job) => {
      announce("progress", job)
    },
    cancel: (job) => {
      announce("cancel", job)
    },
    async idle() {
      publish()
      await publishing
    },
  }
}

function later(work: () => void, ms: number): { cancel: () => void } {
  const timer = setTimeout(work, ms)
  return { cancel: () => clearTimeout(timer) }
}

/** Everything that is announced in this turn of the event loop goes together. */
function soon(work: () => void): { cancel: () => void } {
  const immediate = setImmediate(work)
  return { cancel: () => clearImmediate(immediate) }
}
