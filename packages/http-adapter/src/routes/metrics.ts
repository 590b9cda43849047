import { Gauge, Registry } from "prom-client"
import { z } from "zod"
import { within } from "../health-checks.js"
import { addDurationMetrics } from "../metrics/duration-metrics.js"
import { addProcessMetrics } from "../metrics/process-metrics.js"
import { addQueueMetrics } from "../metrics/queue-metrics.js"
import { addRequestMetrics } from "../metrics/request-metrics.js"
import type { App, Services } from "../services.js"

export interface MetricsRouteOptions {
  version: string
  /** For what the store is asked, in milliseconds. */
  timeoutMs: number
}

/** What Prometheus collects, in a registry of this plugin's own. Where the host answers `/metrics`, it is left to the host. */
export function addMetricsRoute(app: App, services: Services, { version, timeoutMs }: MetricsRouteOptions): void {
  if (app.hasRoute({ method: "GET", url: `${app.prefix}/metrics` })) return
  const registry = new Registry()
  const registers = [registry]
  addProcessMetrics(registry, version)
  addRequestMetrics(app, registry)
  const readQueues = addQueueMetrics(registry, services)
  const durations = services.jobEvents && addDurationMetrics(registry, services.jobEvents)
  const storeIsUp = new Gauge({ name: "assay_store_up", help: "0 while the store cannot be reached.", registers })
  new Gauge({
    name: "websocket_connections_active",
    help: "Live connections of this process, on whatever transport.",
    registers,
    collect() {
      this.set(services.websocketConnections?.() ?? 0)
    },
  })

  // Jobs are counted from now on, not from when somebody first looks.
  if (durations) app.addHook("onReady", async () => void (await within(timeoutMs, durations.read).catch(() => {})))

  app.get(
    "/metrics",
    {
      schema: { response: { 200: z.string() } },
      serializerCompiler: () => String,
      config: {
        assay: {
          action: "metrics.read",
          tag: "Health",
          summary: "Get numbers for Prometheus",
          description:
            "Prometheus' text format. While the store cannot be reached, the numbers that come from it are missing and `assay_store_up` is 0.",
          answerType: "text/plain",
        },
      },
    },
    async (_request, reply) => {
      try {
        await within(timeoutMs, () => Promise.all([readQueues(), durations?.read()]))
        storeIsUp.set(1)
      } catch {
        storeIsUp.set(0)
      }
      return reply.type(registry.contentType).send(await registry.metrics())
    },
  )
}
