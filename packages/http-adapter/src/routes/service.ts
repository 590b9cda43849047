import type { Analysis } from "@assay/core"
import type { FastifyRequest } from "fastify"
import { z } from "zod"
import type { Authorize } from "../access/authorize.js"
import { isBrowserNavigation, navigationHeaders } from "../browser-navigation.js"
import { createHealthReporter, within } from "../health-checks.js"
import type { CheckResult } from "../health-checks.js"
import { analysisWorkers } from "../live-workers.js"
import { tenantOf } from "../request-context.js"
import type { RouteConfig } from "../route-config.js"
import { analysesOf } from "../services.js"
import type { App, Services } from "../services.js"
import { analysisStates } from "../views/analysis-view.js"
import type { HealthRouteOptions } from "./health.js"

export interface ServiceRouteOptions extends HealthRouteOptions {
  /** Of the service. */
  name: string
  version: string
  authorize: Authorize<FastifyRequest>
  /** Where a person is sent who opens the service in a browser; `undefined`: nowhere. */
  page: string | undefined
}

const entry = z.object({
  status: z.enum(analysisStates),
  id: z.string().optional().describe("This, and what follows, only for who may list jobs."),
  name: z.string().optional(),
  timestamp: z.int().optional().describe("When it was asked for, in milliseconds since 1970."),
  finishedOn: z.int().nullable().optional(),
})

const healthSchema = z.object({
  status: z.enum(["ok", "degraded", "unavailable", "stopping"]),
  service: z.string(),
  potpie_api: z.enum(["connected", "disconnected", "unconfigured"]).describe("Looked up at most once a minute."),
  redis: z.enum(["connected", "disconnected", "unused"]),
  queue: z.enum(["ready", "unavailable"]).describe("Whether the store, which holds the jobs, can be reached."),
  worker: z.enum(["running", "stopped"]).describe("Whether anybody works on analyses, in whatever process."),
  queue_stats: z
    .object({
      waiting: z.array(entry),
      active: z.array(entry),
      completed: z.array(entry),
      failed: z.array(entry),
    })
    .describe("Of the newest 100 analyses. Never what they are about, nor what came with them."),
  websocket_connections: z.int(),
  timestamp: z.iso.datetime(),
  uptime: z.number().describe("Of the process, in seconds."),
})

type QueueStats = z.output<typeof healthSchema>["queue_stats"]

/** What the older service's probes ask: `/` and `/health`. Where the host answers one of them, it is left to the host. */
export function addServiceRoutes(app: App, services: Services, options: ServiceRouteOptions): void {
  const { name, version, page, timeoutMs, isClosing } = options
  const analyses = analysesOf(services)
  const report = createHealthReporter(options.checks, timeoutMs)
  const rootSchema = z.object({
    status: z.literal("ok"),
    service: z.string(),
    version: z.string(),
    timestamp: z.iso.datetime(),
    uptime: z.number(),
    queue_name: z.string(),
    max_retries: z.int(),
  })

  if (!app.hasRoute({ method: "GET", url: `${app.prefix}/` })) {
    app.get(
      "/",
      {
        prefixTrailingSlash: "slash",
        schema: { response: { 200: rootSchema } },
        config: {
          assay: about("Whether the service runs", "A browser that opens it is led to the description of the API."),
        },
      },
      async (request, reply) => {
        if (page !== undefined) {
          reply.header("vary", [reply.getHeader("vary"), navigationHeaders].filter(Boolean).join(", "))
          if (isBrowserNavigation(request)) return reply.redirect(page, 302) as never
        }
        return {
          status: "ok" as const,
          service: name,
          version,
          timestamp: new Date().toISOString(),
          uptime: process.uptime(),
          queue_name: analyses.queueName,
          max_retries: analyses.maxAttempts,
        }
      },
    )
  }

  if (app.hasRoute({ method: "GET", url: `${app.prefix}/health` })) return
  app.get(
    "/health",
    {
      schema: { response: { 200: healthSchema, 503: healthSchema } },
      config: {
        assay: about(
          "How the service and what it needs is",
          "503 only when nothing can be served, because the store is down. `degraded`: work may begin later than usual, or nobody works.",
        ),
      },
    },
    async (request, reply) => {
      const [{ status, checks }, potpie, live, stats] = await Promise.all([
        report(),
        within(timeoutMs, (signal) => analyses.potpie(signal)).catch(() => "disconnected" as const),
        within(timeoutMs, async () => analysisWorkers(services)).catch(() => []),
        within(timeoutMs, () => queueStats(request)).catch(() => nothing()),
      ])
      const worker = live.length > 0 ? ("running" as const) : ("stopped" as const)
      const missing = potpie === "disconnected" || (analyses.configured && worker === "stopped")
      const isDown = status === "unavailable" || isClosing()
      if (isDown) reply.code(503).header("retry-after", "5")
      return {
        status: isClosing() ? ("stopping" as const) : status === "ok" && missing ? ("degraded" as const) : status,
        service: name,
        potpie_api: potpie,
        redis: redisState(checks.redis),
        queue: status === "unavailable" ? ("unavailable" as const) : ("ready" as const),
        worker,
        queue_stats: stats,
        websocket_connections: services.websocketConnections?.() ?? 0,
        timestamp: new Date().toISOString(),
        uptime: process.uptime(),
      }
    },
  )

  async function queueStats(request: FastifyRequest): Promise<QueueStats> {
    const stats = nothing()
    const access = await options.authorize(request, "job.list", {})
    const page = await analyses.list({ tenant: tenantOf(request), limit: 100 })
    for (const analysis of page.analyses) {
      stats[column(analysis)].push(access.allowed ? entryOf(analysis) : { status: analysis.state })
    }
    return stats
  }
}

function redisState(check: CheckResult | undefined): "connected" | "disconnected" | "unused" {
  if (check === undefined) return "unused"
  return check.status === "ok" ? "connected" : "disconnected"
}

function nothing(): QueueStats {
  return { waiting: [], active: [], completed: [], failed: [] }
}

function column({ state }: Analysis): keyof QueueStats {
  return state === "queued" ? "waiting" : state === "finished" ? "completed" : state === "failed" ? "failed" : "active"
}

function entryOf({ id, state, createdAt, finishedAt }: Analysis): z.output<typeof entry> {
  return {
    status: state,
    id,
    name: "repository.analyze",
    timestamp: createdAt.getTime(),
    finishedOn: finishedAt?.getTime() ?? null,
  }
}

function about(summary: string, description: string): RouteConfig {
  return { action: "meta.read", legacy: true, tag: "Health", summary, description }
}
