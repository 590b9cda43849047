import type { Announcer } from "./announcer.js"
import { cancelled } from "./change.js"
import type { Client } from "./client.js"
import type { Dispatcher } from "./dispatcher.js"
import type { JobId } from "./job.js"
import type { JobPage, JobReader, JobStore } from "./store.js"

/** The part of a client that holds up queues and empties them. */
export type QueueControl = Pick<Client, "pause" | "resume" | "drain">

const pageSize = 500

export function createQueueControl(
  parts: { store: JobStore & JobReader; dispatcher: Dispatcher; announcer: Announcer },
  tenant: string,
): QueueControl {
  const { store, dispatcher, announcer } = parts
  return {
    pause: (queue) => store.pause(queue),

    async resume(queue) {
      await store.resume(queue)
      await dispatcher.ringForQueued({ queue })
    },

    async drain(queue, reason) {
      const drained: JobId[] = []
      let page: JobPage = { jobs: [], cursor: undefined }
      do {
        const { cursor } = page
        const wanted = { tenant, queue, states: ["scheduled", "queued"] as const, limit: pageSize }
        page = await store.list(cursor === undefined ? wanted : { ...wanted, cursor })
        if (page.jobs.length === 0) break
        const changes = page.jobs.map(({ id }) => cancelled(id, reason))
        // A job that was claimed in between is let be.
        const jobs = (await store.apply(changes)).filter((job) => job !== undefined)
        announcer.events(jobs)
        drained.push(...jobs.map(({ id }) => id))
      } while (page.cursor !== undefined)
      return drained
    },
  }
}
