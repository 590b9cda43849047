import { createBatcher } from "./batcher.js"
import { AssayError } from "./errors.js"
import type { Job, JobId } from "./job.js"
import type { Logger } from "./logger.js"
import type { Queue } from "./queue.js"
import type { JobStore } from "./store.js"

/** Rings the right bell for queued jobs and notes in the store that it was rung. One per process. */
export interface Dispatcher {
  /**
   * Rings for these jobs. Never rejects: a bell that cannot be reached leaves the job undispatched, and a sweep rings
   * again once it can.
   */
  ring(jobs: readonly Ringable[]): Promise<void>
  /** These were claimed here: nothing needs to be noted for them any more. */
  claimed(jobIds: Iterable<JobId>): void
  /** Writes what is still to be noted. */
  close(): Promise<void>
}

export interface Ringable {
  readonly jobId: JobId
  readonly queue: string
  readonly priority: number
}

export const ringable = (job: Job): Ringable => ({ jobId: job.id, queue: job.queue, priority: job.priority })

/**
 * Rung jobs are usually claimed within milliseconds, most often in this process; noting only those that are still
 * waiting after this long saves one write per job.
 */
const noteAfterMs = 1000

export function createDispatcher(options: {
  store: JobStore
  queues: Readonly<Record<string, Queue>>
  logger: Logger
}): Dispatcher {
  const { store, queues, logger } = options
  const toNote = new Set<JobId>()
  let timer: NodeJS.Timeout | undefined
  const batchers = new Map(
    Object.entries(queues).map(([name, queue]) => [
      name,
      createBatcher<Ringable, void>({
        size: 200,
        run: async (jobs) => {
          await queue.publish(jobs.map(({ jobId, priority }) => ({ jobId, priority })))
          return jobs.map(() => undefined)
        },
      }),
    ]),
  )

  async function note(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const jobIds = [...toNote]
    toNote.clear()
    if (jobIds.length === 0) return
    try {
      await store.dispatched(jobIds)
    } catch (error) {
      // Rung but not noted: the sweep rings once more, which harms nobody.
      logger.debug({ error, jobs: jobIds.length }, "could not note that the bell was rung")
    }
  }

  return {
    async ring(jobs) {
      await Promise.all(
        jobs.map(async (job) => {
          const batcher = batchers.get(job.queue)
          if (!batcher) return
          // Before the ring, so that a claim that follows it at once finds the id to strike out.
          toNote.add(job.jobId)
          try {
            await batcher.add(job)
          } catch (error) {
            toNote.delete(job.jobId)
            const fields = {
              jobId: job.jobId,
              queue: job.queue,
              reason: error instanceof Error ? error.message : error,
            }
            if (AssayError.isInstance(error)) logger.warn(fields, "queue not reachable, the job waits in the store")
            else logger.error(fields, "ringing failed, the job waits in the store")
          }
        }),
      )
      if (toNote.size > 0) timer ??= setTimeout(() => void note(), noteAfterMs).unref()
    },
    claimed(jobIds) {
      for (const jobId of jobIds) toNote.delete(jobId)
    },
    close: note,
  }
}
