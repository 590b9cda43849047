import type { Client, DeadLetterFilter } from "./client.js"
import { AssayError } from "./errors.js"
import type { JobId } from "./job.js"
import type { JobPage, JobReader, JobStore } from "./store.js"

/** The part of a client that looks after jobs that have failed. */
export type DeadLetters = Pick<Client, "redriveAll" | "discard" | "discardAll">

export function createDeadLetters(
  parts: { store: JobStore & JobReader; redrive: Client["redrive"]; get: Client["get"] },
  tenant: string,
): DeadLetters {
  const { store, redrive, get } = parts

  async function failedJobs({ codes, ...filter }: DeadLetterFilter): Promise<JobId[]> {
    const found: JobId[] = []
    let page: JobPage = { jobs: [], cursor: undefined }
    do {
      const { cursor } = page
      const wanted = { ...filter, tenant, states: ["failed"] as const, limit: 500 }
      page = await store.list(cursor === undefined ? wanted : { ...wanted, cursor })
      const fitting = page.jobs.filter(({ failure }) => !codes || codes.includes(failure?.code ?? ""))
      found.push(...fitting.map(({ id }) => id))
    } while (page.cursor !== undefined)
    return found
  }

  return {
    async redriveAll(filter = {}) {
      const redriven: JobId[] = []
      for (const jobId of await failedJobs(filter)) {
        try {
          redriven.push((await redrive(jobId)).id)
        } catch (error) {
          // It is not failed any more, or another one took its place.
          if (!AssayError.isInstance(error) || !["ILLEGAL_TRANSITION", "JOB_NOT_FOUND"].includes(error.code))
            throw error
        }
      }
      return redriven
    },
    async discard(jobId) {
      const job = await get(jobId)
      if (!job) throw new AssayError("JOB_NOT_FOUND", `There is no job ${jobId}.`)
      if ((await store.discard([jobId])).length === 0) {
        throw new AssayError("ILLEGAL_TRANSITION", `Cannot discard a job that is ${job.state}.`)
      }
    },
    discardAll: async (filter = {}) => store.discard(await failedJobs(filter)),
  }
}
