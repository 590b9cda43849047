import type { Announcer } from "./announcer.js"
import { redriven } from "./change.js"
import type { Client, DeadLetterFilter } from "./client.js"
import { ringable } from "./dispatcher.js"
import type { Dispatcher } from "./dispatcher.js"
import type { Job, JobId } from "./job.js"
import type { JobReader, JobStore } from "./store.js"

const pageSize = 500

/** What is done to all failed jobs of a tenant at once, page by page, newest first. */
export function createDeadLetters(options: {
  tenant: string
  store: JobStore & JobReader
  announcer: Announcer
  dispatcher: Dispatcher
}): Pick<Client, "redriveAll" | "discardAll"> {
  const { tenant, store, announcer, dispatcher } = options

  async function* pages({ codes, ...query }: DeadLetterFilter): AsyncGenerator<Job[]> {
    let cursor: string | undefined
    do {
      const page = await store.list({
        ...{ ...query, tenant, states: ["failed"], limit: pageSize },
        ...(cursor === undefined ? {} : { cursor }),
      })
      yield page.jobs.filter(({ failure }) => codes === undefined || codes.includes(failure?.code ?? ""))
      cursor = page.cursor
    } while (cursor !== undefined)
  }

  return {
    async redriveAll(filter = {}) {
      const jobIds: JobId[] = []
      for await (const page of pages(filter)) {
        for (const round of rounds(page)) {
          const jobs = (await store.apply(round.map(({ id }) => redriven(id)))).filter((job) => job !== undefined)
          announcer.events(jobs)
          await dispatcher.ring(jobs.map(ringable))
          jobIds.push(...jobs.map(({ id }) => id))
        }
      }
      return jobIds
    },

    async discardAll(filter = {}) {
      const jobIds: JobId[] = []
      for await (const page of pages(filter)) {
        if (page.length > 0) jobIds.push(...(await store.discard(page.map(({ id }) => id))))
      }
      return jobIds
    },
  }
}

/** Of jobs that share a conflict key one can run. They take turns, so that those refused do not take the others along. */
function rounds(jobs: readonly Job[]): Job[][] {
  const taken = new Map<string, number>()
  const result: Job[][] = []
  for (const job of jobs) {
    const key = job.conflictKey === undefined ? job.id : JSON.stringify([job.type, job.conflictKey])
    const round = taken.get(key) ?? 0
    taken.set(key, round + 1)
    ;(result[round] ??= []).push(job)
  }
  return result
}
