import type { FastifyInstance } from "fastify"
import { Counter, Histogram } from "prom-client"
import type { Registry } from "prom-client"
import { contextOf } from "../request-context.js"

/** Counts every answer, by the route's pattern: what callers write into a URL would make a series of its own each time. */
export function addRequestMetrics(app: FastifyInstance, registry: Registry): void {
  const registers = [registry]
  const total = new Counter({
    name: "http_requests_total",
    help: "Requests that were answered.",
    labelNames: ["method", "route", "status"],
    registers,
  })
  const duration = new Histogram({
    name: "assay_http_request_duration_seconds",
    help: "From a request's headers to the end of its answer.",
    labelNames: ["method", "route"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  app.addHook("onResponse", async (request, reply) => {
    const route = request.is404 ? "unknown" : (request.routeOptions.url ?? "unknown")
    const labels = { method: request.method, route }
    total.inc({ ...labels, status: String(reply.statusCode) })
    const context = contextOf(request)
    if (context) duration.observe(labels, (performance.now() - context.startedAt) / 1000)
  })
}
