import { AssayError } from "@assay/core"
import type { RepositoryReference } from "@assay/core"
import type { FastifyRequest } from "fastify"
import { z } from "zod"
import { first, pageSchema, parseWholeNumber, wholeNumber } from "../inputs/paging.js"
import { repositoryParameters } from "../inputs/parameters.js"
import { tenantOf } from "../request-context.js"
import type { RouteConfig } from "../route-config.js"
import { mustGetRepository } from "../services.js"
import type { App, Services } from "../services.js"
import {
  activitySchema,
  busFactorSchema,
  churnSchema,
  contributorSchema,
  fileSchema,
  toActivityView,
  toBusFactorView,
  toChurnView,
  toContributorView,
  toFileView,
} from "../views/statistics-view.js"
import type { Published } from "../views/statistics-view.js"

const hundredYears = 36_500

/** The older API takes the default for whatever does not fit here, and so do we. */
const busFactorQuery = z.object({
  threshold: z
    .preprocess((value) => {
      const text = first(value)
      const share = typeof text === "string" && /^\d*\.?\d+$/.test(text) ? Number(text) : 0.5
      return share > 0 && share <= 1 ? share : 0.5
    }, z.number().default(0.5))
    .describe("Share of the files that the owners counted must cover, above 0 and at most 1."),
  days: z
    .preprocess((value) => {
      const days = parseWholeNumber(first(value)) ?? 0
      return days >= 0 && days <= hundredYears ? days : 0
    }, z.int().default(0))
    .describe("Only commits of the last days before the snapshot; 0 for all."),
  exclude: z
    .preprocess(
      (value) => !["false", "0", "f", "F", "FALSE", "False"].includes(String(first(value))),
      z.boolean().default(true),
    )
    .describe("Leave out vendored, generated and documentation files."),
})

const churnQuery = pageSchema.extend({
  days: wholeNumber({
    default: 0,
    min: 0,
    max: hundredYears,
    about: "Only commits of the last days before the snapshot; 0 for all.",
  }),
})

const activityQuery = z.object({
  days: wholeNumber({ default: 90, min: 1, max: 3660, about: "How many days, ending today." }),
})

/** What a repository's published snapshot says. 409 while there is none. */
export function addStatisticsRoutes(app: App, services: Services): void {
  const { statistics } = services

  app.get(
    "/api/v1/repositories/:id/stats/contributors",
    {
      schema: {
        params: repositoryParameters,
        querystring: pageSchema,
        response: { 200: z.object({ contributors: z.array(contributorSchema), total: z.int() }) },
      },
      config: { assay: about("Contributors", "By name, then e-mail address.") },
    },
    async (request) => {
      const { reference, published } = await publishedOf(request)
      const { items, total } = await statistics.contributors(reference, request.query)
      return { contributors: items.map((item) => toContributorView(item, published)), total }
    },
  )

  app.get(
    "/api/v1/repositories/:id/stats/files",
    {
      schema: {
        params: repositoryParameters,
        querystring: pageSchema,
        response: { 200: z.object({ files: z.array(fileSchema), total: z.int() }) },
      },
      config: { assay: about("Files", "By lines, largest first, then path.") },
    },
    async (request) => {
      const { reference, published } = await publishedOf(request)
      const { items, total } = await statistics.files(reference, request.query)
      return { files: items.map((item) => toFileView(item, published)), total }
    },
  )

  app.get(
    "/api/v1/repositories/:id/stats/bus-factor",
    {
      schema: { params: repositoryParameters, querystring: busFactorQuery, response: { 200: busFactorSchema } },
      config: { assay: about("Bus factor", "A file's owner is who added most of its lines. Bots own nothing.") },
    },
    async (request) => {
      const { reference } = await publishedOf(request)
      return toBusFactorView(await statistics.busFactor(reference, request.query))
    },
  )

  app.get(
    "/api/v1/repositories/:id/stats/churn",
    {
      schema: { params: repositoryParameters, querystring: churnQuery, response: { 200: z.array(churnSchema) } },
      config: {
        assay: {
          ...about("Churn", "By score, highest first, then path."),
          responseHeaders: { "X-Total-Count": "How many there are on all pages." },
        },
      },
    },
    async (request, reply) => {
      const { reference } = await publishedOf(request)
      const { items, total } = await statistics.churn(reference, request.query)
      return reply.header("x-total-count", total).send(items.map(toChurnView))
    },
  )

  app.get(
    "/api/v1/repositories/:id/stats/commit-activity",
    {
      schema: {
        params: repositoryParameters,
        querystring: activityQuery,
        response: { 200: z.object({ activity: z.array(activitySchema) }) },
      },
      config: {
        assay: about("Commits per day", "One entry per UTC day, oldest first, days without commits included."),
      },
    },
    async (request) => {
      const { reference } = await publishedOf(request)
      const days = await statistics.commitActivity(reference, request.query)
      return { activity: days.map(toActivityView) }
    },
  )

  async function publishedOf(
    request: FastifyRequest & { params: { id: number } },
  ): Promise<{ reference: RepositoryReference; published: Published }> {
    const tenant = tenantOf(request)
    const { id, snapshot } = await mustGetRepository(services, request.params.id, tenant)
    if (!snapshot) throw new AssayError("SNAPSHOT_NOT_READY", `Repository ${id} has not been indexed yet.`)
    return { reference: { id, tenant }, published: { repositoryId: id, at: snapshot.publishedAt } }
  }
}

function about(summary: string, description: string): RouteConfig {
  return { action: "statistics.read", legacy: true, tag: "Statistics", summary, description, problems: [400, 404, 409] }
}
