import { AssayError, isJobId } from "@assay/core"
import type { DeadLetterFilter, JobId } from "@assay/core"
import { z } from "zod"
import { deadLetterFilters, jobFilters } from "../inputs/job-filters.js"
import { limit } from "../inputs/paging.js"
import { clientOf } from "../services.js"
import type { App, Services } from "../services.js"
import { attemptSchema, jobSchema, toAttemptView, toJobView } from "../views/job-view.js"

const tag = "Dead letters"

const { type, queue, repository_id, cursor } = jobFilters

const selection = z
  .strictObject({
    ...deadLetterFilters,
    job_ids: z
      .array(z.string().refine(isJobId, "must be the id of a job: job_ and 26 letters and digits"))
      .min(1, "must not be empty")
      .max(1000, "must not be more than 1000")
      .optional()
      .describe("These jobs, cancelled ones too, instead of all that a filter fits."),
  })
  .refine(({ job_ids, ...filter }) => !job_ids || Object.keys(filter).length === 0, {
    path: ["job_ids"],
    message: "cannot be combined with a filter",
  })

const doneSchema = z.object({
  count: z.int(),
  job_ids: z.array(z.string()).describe("Those it was done to. Others were not there, or in another state."),
})

/** Jobs that failed for good, and what a person can do about many of them at once. */
export function addDeadLetterRoutes(app: App, services: Services): void {
  app.get(
    "/api/v1/dead-letters",
    {
      schema: {
        querystring: z.object({ type, queue, repository_id, limit, cursor }),
        response: {
          200: z.object({
            data: z.array(jobSchema.extend({ attempt_history: z.array(attemptSchema).describe("Oldest first.") })),
            next_cursor: z.string().nullable().describe("For the next page; null on the last."),
            has_more: z.boolean(),
          }),
        },
      },
      config: {
        assay: {
          action: "job.list",
          tag,
          summary: "List failed jobs with their attempts",
          description: "Newest first.",
          problems: [400],
        },
      },
    },
    async (request) => {
      const client = clientOf(request, services)
      const { type: types, queue: inQueue, repository_id: repositoryId, limit: atMost, cursor: after } = request.query
      const page = await client.list({
        states: ["failed"],
        limit: atMost,
        ...(types && { types }),
        ...(inQueue !== undefined && { queue: inQueue }),
        ...(repositoryId !== undefined && { repositoryId }),
        ...(after !== undefined && { cursor: after }),
      })
      const data = await Promise.all(
        page.jobs.map(async (job) => ({
          ...toJobView(job, app.prefix),
          // One that was discarded since has none any more.
          attempt_history: (await unlessGone(() => client.attempts(job.id), [])).map(toAttemptView),
        })),
      )
      return { data, next_cursor: page.cursor ?? null, has_more: page.cursor !== undefined }
    },
  )

  app.post(
    "/api/v1/dead-letters/redrive",
    {
      schema: { body: selection, response: { 200: doneSchema } },
      config: {
        assay: {
          action: "job.retry",
          tag,
          summary: "Run failed jobs again",
          description: "All of them for `{}`. Each has all its attempts to spend; its history is kept.",
          problems: [400, 413, 415],
        },
      },
    },
    async (request) => {
      const client = clientOf(request, services)
      const { job_ids: jobIds } = request.body
      return done(
        jobIds ? await each(jobIds, (jobId) => client.redrive(jobId)) : await client.redriveAll(toFilter(request.body)),
      )
    },
  )

  app.post(
    "/api/v1/dead-letters/discard",
    {
      schema: { body: selection, response: { 200: doneSchema } },
      config: {
        assay: {
          action: "job.discard",
          tag,
          summary: "Discard failed jobs",
          description: "All of them for `{}`. They are forgotten, with their attempts and events.",
          problems: [400, 413, 415],
        },
      },
    },
    async (request) => {
      const client = clientOf(request, services)
      const { job_ids: jobIds } = request.body
      return done(
        jobIds ? await each(jobIds, (jobId) => client.discard(jobId)) : await client.discardAll(toFilter(request.body)),
      )
    },
  )
}

/** Those for which it could be done. */
async function each(jobIds: readonly JobId[], work: (jobId: JobId) => Promise<unknown>): Promise<JobId[]> {
  const did: JobId[] = []
  for (const jobId of new Set(jobIds)) {
    if (await unlessGone(async () => (await work(jobId), true), false)) did.push(jobId)
  }
  return did
}

async function unlessGone<Value>(work: () => Promise<Value>, otherwise: Value): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    const { code } = AssayError.isInstance(error) ? error : {}
    if (code === "JOB_NOT_FOUND" || code === "ILLEGAL_TRANSITION") return otherwise
    throw error
  }
}

function toFilter(body: z.output<typeof selection>): DeadLetterFilter {
  const { types, queue: inQueue, repository_id: repositoryId, codes } = body
  return {
    ...(types && { types }),
    ...(inQueue !== undefined && { queue: inQueue }),
    ...(repositoryId !== undefined && { repositoryId }),
    ...(codes && { codes }),
  }
}

function done(jobIds: readonly JobId[]): z.output<typeof doneSchema> {
  return { count: jobIds.length, job_ids: [...jobIds] }
}
