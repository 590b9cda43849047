import { z } from "zod"
import { first } from "../inputs/paging.js"
import { repositoryParameters } from "../inputs/parameters.js"
import { tenantOf } from "../request-context.js"
import type { RouteConfig } from "../route-config.js"
import { mustGetRepository } from "../services.js"
import type { App, Services } from "../services.js"
import {
  comparisonSchema,
  insightSnapshotSchema,
  toComparisonView,
  toInsightSnapshotView,
} from "../views/insight-view.js"

const number = (about: string) =>
  z.preprocess(first, z.coerce.number("must be the number of a snapshot").int().positive()).describe(about)

const compareQuery = z.strictObject({
  base: number("The number of the snapshot to start from."),
  head: number("The number of the snapshot to end at."),
})

/** The snapshots of a repository whose insights can be read, and what changed between two of them. */
export function addSnapshotRoutes(app: App, services: Services): void {
  const { insights } = services
  if (!insights) return

  app.get(
    "/api/v1/repositories/:id/snapshots",
    {
      schema: { params: repositoryParameters, response: { 200: z.object({ data: z.array(insightSnapshotSchema) }) } },
      config: {
        assay: about("List the snapshots of a repository", "Those whose insights can still be read, newest first."),
      },
    },
    async (request) => {
      const tenant = tenantOf(request)
      const { id } = await mustGetRepository(services, request.params.id, tenant)
      return { data: (await insights.snapshots({ id, tenant })).map(toInsightSnapshotView) }
    },
  )

  app.get(
    "/api/v1/repositories/:id/compare",
    {
      schema: { params: repositoryParameters, querystring: compareQuery, response: { 200: comparisonSchema } },
      config: {
        assay: about(
          "Compare two snapshots",
          "What rose and what fell: the numbers of the summary, and the files whose score as a hotspot changed most.",
        ),
      },
    },
    async (request) => {
      const tenant = tenantOf(request)
      const { id } = await mustGetRepository(services, request.params.id, tenant)
      return toComparisonView(await insights.compare({ id, tenant }, request.query))
    },
  )
}

function about(summary: string, description: string): RouteConfig {
  return { action: "statistics.read", tag: "Insights", summary, description, problems: [400, 404, 409] }
}
