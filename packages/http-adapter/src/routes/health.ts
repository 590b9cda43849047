import { z } from "zod"
import { createHealthReporter } from "../health-checks.js"
import type { HealthCheck } from "../health-checks.js"
import type { RouteConfig } from "../route-config.js"
import type { App } from "../services.js"

const readinessSchema = z.object({
  status: z.enum(["ok", "unavailable", "stopping"]),
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
  checks: Readonly<Record<string, HealthCheck>>
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
        assay: about("Whether it can serve", "503 with the check that failed: send requests elsewhere meanwhile."),
      },
    },
    async (_request, reply) => {
      const { healthy, checks } = await report()
      const closing = options.isClosing()
      if (healthy && !closing) return { status: "ok" as const, checks }
      const status = closing ? ("stopping" as const) : ("unavailable" as const)
      return reply.code(503).header("retry-after", "5").send({ status, checks })
    },
  )
}

function about(summary: string, description = ""): RouteConfig {
  return { action: "meta.read", tag: "Health", summary, ...(description && { description }) }
}
