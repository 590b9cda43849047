import { AssayError } from "../errors.js"
import type { Job } from "../job.js"
import { isJobId } from "../job-id.js"
import type { JobState } from "../lifecycle.js"
import { jobStates } from "../lifecycle.js"
import type { JobQuery, JobReader } from "../store.js"
import { isBegun } from "./job-row.js"
import type { JobRow } from "./job-row.js"
import { bestFirst } from "./memory-jobs.js"
import type { MemoryJobs } from "./memory-jobs.js"

/** Reads what is committed, also while a transaction is open. */
export function createMemoryJobReader(read: () => MemoryJobs): JobReader {
  const rows = (query: JobQuery): JobRow[] => [...read().rows.values()].filter(({ job }) => matches(job, query))
  const select = (query: JobQuery): Job[] => rows(query).map(({ job }) => job)

  return {
    get: async (jobId) => read().rows.get(jobId)?.job,

    async list(query = {}) {
      const { cursor, limit = 100 } = query
      if (cursor !== undefined && !isJobId(cursor))
        throw new AssayError("INVALID_INPUT", "That cursor is not one of ours.")
      const found = select(query)
        .filter((job) => cursor === undefined || job.id < cursor)
        .sort(newestFirst)
      const jobs = found.slice(0, limit)
      return { jobs, cursor: found.length > limit ? jobs.at(-1)?.id : undefined }
    },

    async counts(query = {}) {
      const counts = Object.fromEntries(jobStates.map((state) => [state, 0])) as Record<JobState, number>
      const found = rows(query)
      for (const { job } of found) counts[job.state]++
      return { ...counts, begun: found.filter(isBegun).length }
    },

    async ahead(jobId) {
      const own = read().rows.get(jobId)
      if (own?.job.state !== "queued") return undefined
      return rows({ queue: own.job.queue, states: ["queued"] }).filter((row) => bestFirst(row, own) < 0).length
    },

    async latestOfRepositories({ repositoryIds, ...query }) {
      const latest = new Map<number, Job>()
      for (const job of select(query).sort(newestFirst)) {
        const id = job.repositoryId
        if (id !== undefined && repositoryIds.includes(id) && !latest.has(id)) latest.set(id, job)
      }
      return latest
    },

    attempts: async (jobId) => [...(read().rows.get(jobId)?.attempts ?? [])],

    events: async (jobId, after = 0, limit = 1000) =>
      (read().rows.get(jobId)?.events ?? []).filter((event) => event.number > after).slice(0, limit),

    async feed({ tenant, after = "0", limit = 1000 }) {
      if (!/^\d+$/.test(after)) throw new AssayError("INVALID_INPUT", "That cursor is not one of ours.")
      return read()
        .feed.map((event, index) => event && { ...event, cursor: String(index + 1) })
        .slice(Number(after))
        .filter((event) => event !== undefined)
        .filter((event) => tenant === undefined || event.tenant === tenant)
        .slice(0, limit)
    },

    paused: async () => [...read().paused].sort(),
    feedEnd: async () => String(read().feed.length),

    steps: async (jobId) => new Map(read().rows.get(jobId)?.steps),
  }
}

function matches(job: Job, query: JobQuery): boolean {
  return (
    (query.tenant === undefined || job.tenant === query.tenant) &&
    (query.states === undefined || query.states.includes(job.state)) &&
    (query.types === undefined || query.types.includes(job.type)) &&
    (query.queue === undefined || job.queue === query.queue) &&
    (query.repositoryId === undefined || job.repositoryId === query.repositoryId) &&
    (query.exclusiveKey === undefined || job.exclusiveKey === query.exclusiveKey)
  )
}

/** Ids sort by the time they were made. */
function newestFirst(a: Job, b: Job): number {
  return a.id < b.id ? 1 : -1
}
