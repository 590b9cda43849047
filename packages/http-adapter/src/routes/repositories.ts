import { z } from "zod"
import { newRepositoryBody, repositoryChangeBody } from "../inputs/bodies.js"
import { pageSchema } from "../inputs/paging.js"
import { idempotencyOf, idempotentHeaders, repositoryParameters } from "../inputs/parameters.js"
import { tenantOf } from "../request-context.js"
import { clientOf, mustGetRepository, viewOf, viewsOf } from "../services.js"
import type { App, Services } from "../services.js"
import { latestJobSchema, repositorySchema, statusSchema } from "../views/repository-view.js"

const tag = "Repositories"

export function addRepositoryRoutes(app: App, services: Services): void {
  const { repositories } = services

  app.post(
    "/api/v1/repositories",
    {
      schema: { body: newRepositoryBody, headers: idempotentHeaders, response: { 201: repositorySchema } },
      config: {
        assay: {
          action: "repository.create",
          legacy: true,
          tag,
          summary: "Register a repository",
          description: "Nothing is fetched yet: ask for that with `POST /api/v1/repositories/{id}/index`.",
          problems: [400, 409, 413, 415, 422],
          responseHeaders: { Location: "Path of the repository." },
        },
      },
    },
    async (request, reply) => {
      const { default_branch: defaultBranch } = request.body
      const { url, key, name } = services.parseRepositoryUrl(request.body.url)
      const repository = await repositories.create({
        tenant: tenantOf(request),
        url,
        key,
        name,
        // Whoever calls an API is not the operator, whatever the parser thinks of the URL.
        trusted: false,
        ...(defaultBranch === undefined ? {} : { defaultBranch }),
        ...idempotencyOf(request.headers),
      })
      return reply
        .code(201)
        .header("location", `${app.prefix}/api/v1/repositories/${repository.id}`)
        .send(await viewOf(clientOf(request, services), repository))
    },
  )

  app.get(
    "/api/v1/repositories",
    {
      schema: { querystring: pageSchema, response: { 200: z.array(repositorySchema) } },
      config: {
        assay: {
          action: "repository.list",
          legacy: true,
          tag,
          summary: "List repositories",
          description: "Last indexed first, those never indexed after them, newest first.",
          problems: [400],
          responseHeaders: { "X-Total-Count": "How many there are on all pages." },
        },
      },
    },
    async (request, reply) => {
      const tenant = tenantOf(request)
      const [page, total] = await Promise.all([
        repositories.list({ tenant, ...request.query }),
        repositories.count(tenant),
      ])
      return reply.header("x-total-count", total).send(await viewsOf(clientOf(request, services), page))
    },
  )

  app.get(
    "/api/v1/repositories/:id",
    {
      schema: { params: repositoryParameters, response: { 200: repositorySchema } },
      config: {
        assay: { action: "repository.read", legacy: true, tag, summary: "Get a repository", problems: [400, 404] },
      },
    },
    async (request) => {
      const repository = await mustGetRepository(services, request.params.id, tenantOf(request))
      return viewOf(clientOf(request, services), repository)
    },
  )

  app.patch(
    "/api/v1/repositories/:id",
    {
      schema: { params: repositoryParameters, body: repositoryChangeBody, response: { 200: repositorySchema } },
      config: {
        assay: {
          action: "repository.change",
          legacy: true,
          tag,
          summary: "Change the default branch",
          description: "The next index or update follows it.",
          problems: [400, 404, 413, 415],
        },
      },
    },
    async (request) => {
      const { id } = request.params
      const before = await mustGetRepository(services, id, tenantOf(request))
      const repository = (await repositories.update(id, { defaultBranch: request.body.default_branch })) ?? before
      return viewOf(clientOf(request, services), repository)
    },
  )

  app.get(
    "/api/v1/repositories/:id/status",
    {
      schema: {
        params: repositoryParameters,
        response: {
          200: z.object({ repository_id: z.int(), status: statusSchema, latest_job: latestJobSchema.nullable() }),
        },
      },
      config: {
        assay: {
          action: "repository.read",
          legacy: true,
          tag,
          summary: "Get the status of a repository",
          description: "`latest_job` says how far the work is.",
          problems: [400, 404],
        },
      },
    },
    async (request) => {
      const repository = await mustGetRepository(services, request.params.id, tenantOf(request))
      const { id, status, latest_job } = await viewOf(clientOf(request, services), repository)
      return { repository_id: id, status, latest_job }
    },
  )
}
