import { AssayError, isJobId, jobStates } from "@assay/core"
import type { Database, JobReader, JobState, Json } from "@assay/core"
import { isFeedCursor, toAttempt, toEvent, toFeedEvent, toJob } from "./rows.js"
import type { AttemptRow, EventRow, FeedRow, JobRow } from "./rows.js"
import { selectLastPosition, selectUnsettledPosition } from "./statements/feed.js"
import { selectPaused } from "./statements/pause.js"
import * as statements from "./statements/read.js"

export function createPostgresJobReader(database: Database): JobReader {
  /** Up to here nothing is written any more. */
  async function settledPosition(): Promise<number> {
    const [last] = await database.query<{ position: number }>(selectLastPosition)
    const [unsettled] = await database.query<{ position: number | null }>(selectUnsettledPosition)
    return Math.min(last?.position ?? 0, unsettled?.position ?? Infinity)
  }

  return {
    async get(jobId) {
      const [row] = await database.query<JobRow>(statements.selectJob, [jobId])
      return row && toJob(row)
    },

    async list(query = {}) {
      if (query.cursor !== undefined && !isJobId(query.cursor)) throw unknownCursor()
      const { text, values } = statements.selectJobs(query)
      const rows = await database.query<JobRow>(text, values)
      const jobs = rows.slice(0, query.limit ?? 100).map(toJob)
      return { jobs, cursor: rows.length > jobs.length ? jobs.at(-1)?.id : undefined }
    },

    async counts(query = {}) {
      const { text, values } = statements.countJobs(query)
      const rows = await database.query<{ state: JobState; count: number; begun: number }>(text, values)
      const counts = Object.fromEntries(jobStates.map((state) => [state, 0])) as Record<JobState, number>
      for (const { state, count } of rows) counts[state] = count
      return { ...counts, begun: rows.reduce((sum, { begun }) => sum + begun, 0) }
    },

    async ahead(jobId) {
      const [row] = await database.query<{ count: number }>(statements.countAhead, [jobId])
      return row?.count
    },

    async latestOfRepositories({ repositoryIds, tenant, types }) {
      if (repositoryIds.length === 0) return new Map()
      const rows = await database.query<JobRow>(statements.selectLatestOfRepositories, [
        [...new Set(repositoryIds)],
        tenant,
        types,
      ])
      return new Map(rows.map((row) => [Number(row.repository_id), toJob(row)]))
    },

    async attempts(jobId) {
      return (await database.query<AttemptRow>(statements.selectAttempts, [jobId])).map(toAttempt)
    },

    async events(jobId, after = 0, limit = 1000) {
      return (await database.query<EventRow>(statements.selectEvents, [jobId, after, limit])).map(toEvent)
    },

    async feed({ tenant, after = "0", limit = 1000 }) {
      if (!isFeedCursor(after)) throw unknownCursor()
      const values = [tenant, after, await settledPosition(), limit]
      return (await database.query<FeedRow>(statements.selectFeed, values)).map(toFeedEvent)
    },

    async paused() {
      return (await database.query<{ name: string }>(selectPaused)).map(({ name }) => name)
    },

    async feedEnd() {
      return String(await settledPosition())
    },

    async steps(jobId) {
      const rows = await database.query<{ name: string; output: Json }>(statements.selectSteps, [jobId])
      return new Map(rows.map(({ name, output }) => [name, output]))
    },
  }
}

function unknownCursor(): AssayError {
  return new AssayError("INVALID_INPUT", "That cursor is not one of ours.")
}
