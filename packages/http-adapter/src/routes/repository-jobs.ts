import type { JobDefinition } from "@assay/core"
import type { FastifyRequest } from "fastify"
import { z } from "zod"
import type { Action } from "../access/authorize.js"
import { jobRequestBody } from "../inputs/bodies.js"
import { idempotencyOf, idempotentHeaders, repositoryParameters } from "../inputs/parameters.js"
import { tenantOf } from "../request-context.js"
import type { RouteConfig } from "../route-config.js"
import { clientOf, mustGetRepository } from "../services.js"
import type { App, Services } from "../services.js"
import { jobPath, jobSchema, toJobView } from "../views/job-view.js"
import { repositorySchema, toRepositoryView } from "../views/repository-view.js"

export const queuedSchema = z.object({
  message: z.string(),
  repository_id: z.int(),
  repository: repositorySchema,
  job_id: z.string(),
  deduplicated: z
    .boolean()
    .describe("True when an unfinished job, or one with the same Idempotency-Key, was there already."),
  job: jobSchema,
})

/** The routes that ask for work on a repository. Each answers at once with the job that does it. */
export function addRepositoryJobRoutes(app: App, services: Services): void {
  const { definitions } = services

  app.post(
    "/api/v1/repositories/:id/index",
    {
      schema: {
        params: repositoryParameters,
        headers: idempotentHeaders,
        body: jobRequestBody,
        response: { 202: queuedSchema },
      },
      config: {
        assay: {
          ...about("repository.index", "Index a repository"),
          description:
            "Fetches the repository and computes everything about it. Readers see the old results until it is done.",
        },
      },
    },
    async (request, reply) => {
      const queued = await enqueue(request, {
        definition: definitions.index,
        message: "index job queued successfully",
        token: request.body?.token,
      })
      return reply.code(202).header("location", jobPath(queued.job_id, app.prefix)).send(queued)
    },
  )

  for (const verb of ["update", "sync"]) {
    app.post(
      `/api/v1/repositories/:id/${verb}`,
      {
        schema: {
          params: repositoryParameters,
          headers: idempotentHeaders,
          body: jobRequestBody,
          response: { 202: queuedSchema },
        },
        config: {
          assay: {
            ...about("repository.update", `${verb === "sync" ? "Update a repository (alias)" : "Update a repository"}`),
            description: "Fetches what is new and computes what follows from it.",
          },
        },
      },
      async (request, reply) => {
        const queued = await enqueue(request, {
          definition: definitions.update,
          message: "Update job queued successfully",
          token: request.body?.token,
        })
        return reply.code(202).header("location", jobPath(queued.job_id, app.prefix)).send(queued)
      },
    )
  }

  app.delete(
    "/api/v1/repositories/:id",
    {
      schema: { params: repositoryParameters, headers: idempotentHeaders, response: { 202: queuedSchema } },
      config: {
        assay: {
          ...about("repository.delete", "Delete a repository"),
          description: "Cancels what runs on it, and removes the repository with all that is known about it.",
        },
      },
    },
    async (request, reply) => {
      const queued = await enqueue(request, {
        definition: definitions.delete,
        message: "delete job queued successfully",
      })
      return reply.code(202).header("location", jobPath(queued.job_id, app.prefix)).send(queued)
    },
  )

  async function enqueue(
    request: JobRequest,
    { definition, message, token }: Order,
  ): Promise<z.output<typeof queuedSchema>> {
    const repository = await mustGetRepository(services, request.params.id, tenantOf(request))
    const handle = await clientOf(request, services).enqueue(
      definition,
      { repositoryId: repository.id },
      { ...idempotencyOf(request.headers), ...(token === undefined ? {} : { secrets: { token } }) },
    )
    const job = await handle.get()
    return {
      message,
      repository_id: repository.id,
      repository: toRepositoryView(repository, job),
      job_id: job.id,
      deduplicated: handle.deduplicated,
      job: toJobView(job, app.prefix),
    }
  }
}

type JobRequest = FastifyRequest & { params: { id: number }; headers: z.output<typeof idempotentHeaders> }

interface Order {
  definition: JobDefinition<{ repositoryId: number }>
  message: string
  /** For a private repository. */
  token?: string | undefined
}

function about(action: Action, summary: string): RouteConfig {
  return {
    action,
    legacy: true,
    tag: "Repositories",
    summary,
    problems: [400, 404, 413, 415, 422],
    responseHeaders: { Location: "Path of the job." },
  }
}
