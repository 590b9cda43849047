import type { Logger } from "@assay/core"
import type { FastifyInstance } from "fastify"
import { contextOf } from "./request-context.js"

/** One line per answer. The route's pattern and not the URL: what callers write into a URL is not for the log. */
export function addRequestLog(app: FastifyInstance, logger: Logger): void {
  app.addHook("onResponse", async (request, reply) => {
    const context = contextOf(request)
    const fields = {
      requestId: context?.requestId,
      method: request.method,
      route: request.is404 ? undefined : request.routeOptions.url,
      status: reply.statusCode,
      durationMs: context ? Math.round(performance.now() - context.startedAt) : undefined,
    }
    logger.debug(fields, "request answered")
  })
}
