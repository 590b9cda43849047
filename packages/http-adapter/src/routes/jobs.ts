import { AssayError } from "@assay/core"
import type { Job, JobId } from "@assay/core"
import type { FastifyRequest } from "fastify"
import { z } from "zod"
import { cancelBody } from "../inputs/bodies.js"
import { jobFilters } from "../inputs/job-filters.js"
import { limit } from "../inputs/paging.js"
import { jobParameters } from "../inputs/parameters.js"
import { clientOf } from "../services.js"
import type { App, Services } from "../services.js"
import { attemptSchema, jobPath, jobSchema, toAttemptView, toJobView } from "../views/job-view.js"

const tag = "Jobs"

const { state, type, repository_id, cursor } = jobFilters
const jobsQuery = z.object({ state, type, repository_id, limit, cursor })

export function addJobRoutes(app: App, services: Services): void {
  app.get(
    "/api/v1/jobs",
    {
      schema: {
        querystring: jobsQuery,
        response: {
          200: z.object({
            data: z.array(jobSchema),
            next_cursor: z.string().nullable().describe("For the next page; null on the last."),
            has_more: z.boolean(),
          }),
        },
      },
      config: {
        assay: { action: "job.list", tag, summary: "List jobs", description: "Newest first.", problems: [400] },
      },
    },
    async (request) => {
      const { state, type, repository_id: repositoryId, limit, cursor } = request.query
      const page = await clientOf(request, services).list({
        limit,
        ...(state && { states: state }),
        ...(type && { types: type }),
        ...(repositoryId !== undefined && { repositoryId }),
        ...(cursor !== undefined && { cursor }),
      })
      return {
        data: page.jobs.map((job) => toJobView(job, app.prefix)),
        next_cursor: page.cursor ?? null,
        has_more: page.cursor !== undefined,
      }
    },
  )

  app.get(
    "/api/v1/jobs/:id",
    {
      schema: { params: jobParameters, response: { 200: jobSchema } },
      config: { assay: { action: "job.read", tag, summary: "Get a job", problems: [400, 404] } },
    },
    async (request) => toJobView(await mustGetJob(request), app.prefix),
  )

  app.get(
    "/api/v1/jobs/:id/attempts",
    {
      schema: { params: jobParameters, response: { 200: z.object({ data: z.array(attemptSchema) }) } },
      config: {
        assay: {
          action: "job.read",
          tag,
          summary: "List a job's attempts",
          description: "Oldest first.",
          problems: [400, 404],
        },
      },
    },
    async (request) => {
      const job = await mustGetJob(request)
      const attempts = await clientOf(request, services).attempts(job.id)
      return { data: attempts.map(toAttemptView) }
    },
  )

  app.post(
    "/api/v1/jobs/:id/cancel",
    {
      schema: { params: jobParameters, body: cancelBody, response: { 202: jobSchema } },
      config: {
        assay: {
          action: "job.cancel",
          tag,
          summary: "Cancel a job",
          description:
            "A job nobody works on is cancelled at once. A running one is asked to stop, and is `cancelling` until it has. Asking twice is fine.",
          problems: [400, 404, 409, 413, 415],
          responseHeaders: { Location: "Path of the job." },
        },
      },
    },
    async (request, reply) => {
      const job = await clientOf(request, services).cancel(request.params.id, request.body?.reason)
      return reply.code(202).header("location", jobPath(job.id, app.prefix)).send(toJobView(job, app.prefix))
    },
  )

  app.post(
    "/api/v1/jobs/:id/retry",
    {
      schema: { params: jobParameters, response: { 202: jobSchema } },
      config: {
        assay: {
          action: "job.retry",
          tag,
          summary: "Run a failed or cancelled job again",
          description: "The same job goes back to the queue with all its attempts to spend; its history is kept.",
          problems: [400, 404, 409],
          responseHeaders: { Location: "Path of the job." },
        },
      },
    },
    async (request, reply) => {
      const job = await clientOf(request, services).redrive(request.params.id)
      return reply.code(202).header("location", jobPath(job.id, app.prefix)).send(toJobView(job, app.prefix))
    },
  )

  app.delete(
    "/api/v1/jobs/:id",
    {
      schema: { params: jobParameters, response: { 204: z.undefined() } },
      config: {
        assay: {
          action: "job.discard",
          tag,
          summary: "Discard a failed or cancelled job",
          description: "It is forgotten, with its attempts and events.",
          problems: [400, 404, 409],
        },
      },
    },
    async (request, reply) => {
      await clientOf(request, services).discard(request.params.id)
      return reply.code(204).send(undefined)
    },
  )

  async function mustGetJob(request: FastifyRequest & { params: { id: JobId } }): Promise<Job> {
    const job = await clientOf(request, services).get(request.params.id)
    if (!job) throw new AssayError("JOB_NOT_FOUND", `There is no job ${request.params.id}.`)
    return job
  }
}
