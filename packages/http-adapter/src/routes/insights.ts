import type { Insight, InsightDescription, InsightReader } from "@assay/core"
import type { FastifyReply, FastifyRequest } from "fastify"
import { entityTag, isKnown } from "../entity-tag.js"
import { inTheNamesOfTheRequest, insightFormats, insightQuerySchema, toInsightQuery } from "../inputs/insight-query.js"
import type { InsightFormat } from "../inputs/insight-query.js"
import { repositoryParameters } from "../inputs/parameters.js"
import { tenantOf } from "../request-context.js"
import type { RouteConfig } from "../route-config.js"
import { mustGetRepository } from "../services.js"
import type { App, Services } from "../services.js"
import { insightSchema, toInsightView } from "../views/insight-view.js"
import { toCsv, toNdjson } from "../views/insight-table.js"

const types: Readonly<Record<Exclude<InsightFormat, "json">, string>> = {
  csv: "text/csv; charset=utf-8",
  ndjson: "application/x-ndjson; charset=utf-8",
}

/** A route for each insight, with the parameters it takes. While a repository is read again, its last snapshot is served. */
export function addInsightRoutes(app: App, services: Services): void {
  const { insights } = services
  if (!insights) return
  for (const description of insights.descriptions) {
    const path = `/api/v1/repositories/:id/insights/${description.name}`
    const schema = {
      params: repositoryParameters,
      querystring: insightQuerySchema(description),
      response: { 200: insightSchema },
    }
    const config = about(description)
    app.get(path, { schema, config: { assay: config } }, (request, reply) =>
      answer({ insights, services, description }, request, reply),
    )
    for (const format of insightFormats) {
      app.get(`${path}.${format}`, { schema, config: { assay: { ...config, hidden: true } } }, (request, reply) =>
        answer({ insights, services, description, format }, request, reply),
      )
    }
  }
}

interface Route {
  readonly insights: InsightReader
  readonly services: Services
  readonly description: InsightDescription
  /** The path says it. */
  readonly format?: InsightFormat
}

async function answer(
  { insights, services, description, ...route }: Route,
  request: FastifyRequest & { params: { id: number }; query: Record<string, unknown> },
  reply: FastifyReply,
): Promise<void> {
  const tenant = tenantOf(request)
  const { id } = await mustGetRepository(services, request.params.id, tenant)
  const format = route.format ?? formatOf(request)
  const query = toInsightQuery(request.query, format)
  const insight = await insights.read({ id, tenant }, description.name, query).catch((error: unknown) => {
    throw inTheNamesOfTheRequest(error)
  })
  reply
    .header("vary", [reply.getHeader("vary"), "Accept"].filter(Boolean).join(", "))
    .header("x-total-count", insight.total)
  if (isKnown(request, reply, tagOf(insight, { id, format, query }))) return void (await reply.code(304).send())
  if (format === "json") return void (await reply.send(toInsightView(insight, id)))
  const link = nextLink(request, insight)
  if (link) reply.header("link", link)
  await reply.type(types[format]).send(format === "csv" ? toCsv(insight) : toNdjson(insight))
}

/** What an answer follows from: the snapshot, and what was asked of it. */
function tagOf({ name, definition, snapshot }: Insight, asked: object): string {
  const { number, commit, stale, complete } = snapshot
  return entityTag(name, definition, number, commit, stale, complete, JSON.stringify(asked))
}

function formatOf({
  query,
  headers,
}: {
  query: Record<string, unknown>
  headers: FastifyRequest["headers"]
}): InsightFormat {
  const asked = query["format"] as InsightFormat | undefined
  if (asked) return asked
  const accept = headers.accept ?? ""
  if (/^\s*text\/csv\b/.test(accept)) return "csv"
  return /^\s*application\/(x-)?ndjson\b/.test(accept) ? "ndjson" : "json"
}

/** A table has no place for a cursor. */
function nextLink(request: FastifyRequest, { cursor }: Insight): string | undefined {
  if (cursor === undefined) return undefined
  const url = new URL(request.url, "http://localhost")
  url.searchParams.set("cursor", cursor)
  return `<${url.pathname}${url.search}>; rel="next"`
}

function about({ title, definition, values, columns }: InsightDescription): RouteConfig {
  const meaning = (members: Readonly<Record<string, string>>): string =>
    Object.entries(members)
      .map(([name, means]) => `\`${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}\`: ${means}`)
      .join("; ")
  return {
    action: "statistics.read",
    tag: "Insights",
    summary: title,
    description: [
      definition,
      ...(Object.keys(values).length > 0 ? [`Values: ${meaning(values)}.`] : []),
      ...(Object.keys(columns).length > 0 ? [`Rows: ${meaning(columns)}.`] : []),
      "Also as `.csv` and `.ndjson`.",
    ].join("\n\n"),
    problems: [400, 404, 409],
    responseHeaders: {
      ETag: "Of the snapshot and what was asked of it; `If-None-Match` is answered with 304.",
      "X-Total-Count": "Rows of all pages.",
      Link: "The next page of CSV and NDJSON, if there is one.",
    },
  }
}
