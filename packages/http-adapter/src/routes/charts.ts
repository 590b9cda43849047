import type { Insight, InsightName } from "@assay/core"
import { z } from "zod"
import { entityTag, isKnown } from "../entity-tag.js"
import { first } from "../inputs/paging.js"
import { repositoryParameters } from "../inputs/parameters.js"
import { tenantOf } from "../request-context.js"
import { mustGetRepository } from "../services.js"
import type { App, Services } from "../services.js"

export interface ChartOptions {
  readonly theme: "auto" | "light" | "dark"
  readonly width?: number | undefined
  /** What the repository is called. */
  readonly repository: string
}

/** An insight that a chart is drawn from. */
export interface ChartSource {
  /** What `render` knows it as. */
  readonly key: string
  readonly insight: string
  /** Of all others the default. */
  readonly parameters: Readonly<Record<string, string>>
}

/** Draws insights. The contract stands here so that what draws knows nothing of HTTP; `@assay/charts` fits. */
export interface Charts {
  /** By the name of the chart. */
  readonly sources: Readonly<Record<string, readonly ChartSource[]>>
  /** A whole SVG document: the same for the same insights (each with all of its rows) and options. */
  render(name: string, insights: Readonly<Record<string, Insight>>, options: ChartOptions): string
}

const chartQuery = z.strictObject({
  theme: z
    .preprocess(first, z.enum(["auto", "light", "dark"]).default("auto"))
    .describe("`auto` follows the reader's system."),
  width: z.preprocess(first, z.coerce.number().int().min(200).max(2000).optional()).describe("In pixels, 200 to 2000."),
})

// Pictures from here are shown in pages of others; nothing in them may run or be fetched.
const policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

/** Pictures for READMEs and dashboards. */
export function addChartRoutes(app: App, services: Services): void {
  const { insights, charts } = services
  if (!insights || !charts) return
  for (const [name, sources] of Object.entries(charts.sources)) {
    app.get(
      `/api/v1/repositories/:id/charts/${name}.svg`,
      {
        schema: { params: repositoryParameters, querystring: chartQuery },
        config: {
          assay: {
            action: "statistics.read",
            tag: "Insights",
            summary: `Draw ${name.replaceAll("-", " ")}`,
            description: `An SVG of ${sources.map(({ insight }) => `\`${insight}\``).join(", ")}, for READMEs and dashboards.`,
            problems: [400, 404, 409],
            responseHeaders: { ETag: "Of the snapshot and the options; `If-None-Match` is answered with 304." },
          },
        },
      },
      async (request, reply) => {
        const tenant = tenantOf(request)
        const repository = await mustGetRepository(services, request.params.id, tenant)
        const entries = await Promise.all(
          sources.map(async ({ key, insight, parameters }) => {
            const query = { parameters, limit: "all" } as const
            return [key, await insights.read({ id: repository.id, tenant }, insight as InsightName, query)] as const
          }),
        )
        const { number, commit, stale } = entries[0]![1].snapshot
        const { theme, width } = request.query
        const tag = entityTag(name, repository.name, number, commit, stale, theme, width ?? 0)
        // GitHub and other proxies for pictures keep what says nothing else for a long time.
        if (isKnown(request, reply, tag)) return reply.code(304).send()
        const svg = charts.render(name, Object.fromEntries(entries), { theme, width, repository: repository.name })
        return reply
          .type("image/svg+xml; charset=utf-8")
          .headers({ "content-security-policy": policy, "cross-origin-resource-policy": "cross-origin" })
          .send(svg)
      },
    )
  }
}
