import { z } from "zod"
import { createHealthReporter } from "../health-checks.js"
import type { HealthChecks } from "../health-checks.js"
import type { RouteConfig } from "../route-config.js"
import type { App } from "../services.js"

const readinessSchema = z.object({
  status: z.enum(["ok", "degraded", "unavailable", "stopping"]),
  checks: z.record(
    z.string(),
    z.object({
      status: z.enum(["ok", "failed"]),
      duration_ms: z.number(),
      code: z.string().optional().describe("Why it failed."),
    }),
  ),
})

export interface HealthRouteOptions {
  checks: HealthChecks
  timeoutMs: number
  isClosing: () => boolean
}

/** What probes ask. Reachable without a key, and without data. */
export function addHealthRoutes(app: App, options: HealthRouteOptions): void {
  const report = createHealthReporter(options.checks, options.timeoutMs)

  app.get(
    "/ping",
    {
      schema: { response: { 200: z.object({ message: z.literal("pong") }) } },
      config: { assay: { ...about("Whether anything answers"), legacy: true } },
    },
    async () => ({ message: "pong" as const }),
  )

  app.get(
    "/livez",
    {
      schema: { response: { 200: z.object({ status: z.literal("ok") }) } },
      config: { assay: about("Whether the process lives", "Does not ask anything else: restart it when this fails.") },
    },
    async () => ({ status: "ok" as const }),
  )

  app.get(
    "/readyz",
    {
      schema: { response: { 200: readinessSchema, 503: readinessSchema } },
      config: {
        assay: about(
          "Whether it can serve",
          "503 with the check that failed: send requests elsewhere meanwhile. 200 and `degraded` when something failed without which requests are served all the same; work may begin later than usual.",
        ),
      },
    },
    async (_request, reply) => {
      const { status, checks } = await report()
      const closing = options.isClosing()
      if (status !== "unavailable" && !closing) return { status, checks }
      return reply
        .code(503)
        .header("retry-after", "5")
        .send({ status: closing ? "stopping" : status, checks })
    },
  )
}

function about(summary: string, description = ""): RouteConfig {
  return { action: "meta.read", tag: "Health", summary, ...(description && { description }) }
}
