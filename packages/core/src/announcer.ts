import { createBatcher } from "./batcher.js"
import type { Job, JobId } from "./job.js"
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

export function createAnnouncer(notifier: Notifier, logger: Logger): Announcer {
  const batcher = createBatcher<Notification, void>({
    size: 200,
    run: async (notifications) => {
      await notifier.publish(notifications)
      return notifications.map(() => undefined)
    },
  })

  function announce(kind: Notification["kind"], jobId: JobId, number: number): void {
    batcher.add({ kind, jobId, number }).catch((error: unknown) => {
      logger.debug({ error, jobId, kind }, "notification lost")
    })
  }

  return {
    events: (jobs) => {
      for (const job of jobs) announce("event", job.id, job.eventNumber)
    },
    progress: (job) => {
      announce("progress", job.id, job.eventNumber)
    },
    cancel: (job) => {
      announce("cancel", job.id, job.eventNumber)
    },
    idle: () => batcher.idle(),
  }
}
