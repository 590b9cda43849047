import type { Analyses, Analysis } from "@assay/core"
import { z } from "zod"
import { newAnalysisBody } from "../inputs/analysis-bodies.js"
import { analysesQuery, analysisParameters, canBeId, snippetsQuery } from "../inputs/analysis-parameters.js"
import { jobFilters } from "../inputs/job-filters.js"
import { wholeNumber } from "../inputs/paging.js"
import { idempotencyOf, idempotentHeaders } from "../inputs/parameters.js"
import { tenantOf } from "../request-context.js"
import type { RouteConfig } from "../route-config.js"
import { analysesOf, mustGetRepository } from "../services.js"
import type { App, Services } from "../services.js"
import { analysisPath, analysisSchema, snippetSchema, toAnalysisView, toSnippetView } from "../views/analysis-view.js"
import { notFound } from "./analyze.js"

const limit = wholeNumber({ default: 20, min: 1, max: 100, about: "How many at most." })

export function addAnalysisRoutes(app: App, services: Services): void {
  const analyses = analysesOf(services)

  app.post(
    "/api/v1/analyses",
    {
      schema: {
        body: newAnalysisBody,
        headers: idempotentHeaders,
        response: { 202: analysisSchema.extend({ deduplicated: z.boolean() }) },
      },
      config: {
        assay: about("analysis.request", "Ask a question about a repository", {
          description: "Registers the repository if it is not, and queues the analysis.",
          problems: [400, 404, 413, 415, 422],
          responseHeaders: { Location: "Path of the analysis." },
          urlMember: "repo",
        }),
      },
    },
    async (request, reply) => {
      const tenant = tenantOf(request)
      const { repo, repository_id: repositoryId, branch, question, token } = request.body
      const repository =
        repositoryId === undefined ? undefined : await mustGetRepository(services, repositoryId, tenant)
      const { id, deduplicated } = await analyses.request(
        {
          repo: repository?.url ?? repo ?? "",
          branch: branch ?? repository?.defaultBranch,
          ...{ question, token },
        },
        { tenant, ...idempotencyOf(request.headers) },
      )
      const view = toAnalysisView(await mustFind(analyses, id, tenant), app.prefix)
      return reply
        .code(202)
        .header("location", analysisPath(id, app.prefix))
        .send({ ...view, deduplicated })
    },
  )

  app.get(
    "/api/v1/analyses",
    {
      schema: {
        querystring: analysesQuery.extend({ limit, cursor: jobFilters.cursor }),
        response: {
          200: z.object({
            data: z.array(analysisSchema),
            next_cursor: z.string().nullable().describe("For the next page; null on the last."),
            has_more: z.boolean(),
          }),
        },
      },
      config: {
        assay: about("analysis.list", "List analyses", { description: "Newest first.", problems: [400] }),
      },
    },
    async (request) => {
      const { repository_id: repositoryId, limit, cursor } = request.query
      const page = await analyses.list({ tenant: tenantOf(request), repositoryId, limit, cursor })
      return {
        data: page.analyses.map((analysis) => toAnalysisView(analysis, app.prefix)),
        next_cursor: page.cursor ?? null,
        has_more: page.cursor !== undefined,
      }
    },
  )

  app.get(
    "/api/v1/analyses/:id",
    {
      schema: { params: analysisParameters, response: { 200: analysisSchema } },
      config: {
        assay: about("analysis.read", "Get an analysis", {
          description: "Kept for as long as its repository, also when its job is forgotten.",
          problems: [404],
        }),
      },
    },
    async (request) => toAnalysisView(await mustFind(analyses, request.params.id, tenantOf(request)), app.prefix),
  )

  app.get(
    "/api/v1/analyses/:id/snippets",
    {
      schema: {
        params: analysisParameters,
        querystring: snippetsQuery,
        response: { 200: z.object({ data: z.array(snippetSchema) }) },
      },
      config: {
        assay: about("analysis.read", "List the code that an answer rests on", {
          description: "In the order of the answer. Empty while there is none.",
          problems: [400, 404],
        }),
      },
    },
    async (request) => {
      const tenant = tenantOf(request)
      const { verification } = request.query
      const { id } = await mustFind(analyses, request.params.id, tenant)
      const snippets = await analyses.snippets(id, tenant)
      const wanted = verification ? snippets.filter((snippet) => verification.includes(snippet.verification)) : snippets
      return { data: wanted.map(toSnippetView) }
    },
  )
}

async function mustFind(analyses: Analyses, id: string, tenant: string): Promise<Analysis> {
  const analysis = canBeId(id) ? await analyses.find(id, tenant) : undefined
  if (!analysis) throw notFound()
  return analysis
}

function about(action: RouteConfig["action"], summary: string, rest: Partial<RouteConfig>): RouteConfig {
  return { action, tag: "Analyses", summary, ...rest }
}
