import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import type { Logger } from "@assay/core"
import { toProblem } from "./problem/problem.js"
import type { Problem } from "./problem/problem.js"
import { contextOf } from "./request-context.js"

/** Turns whatever was thrown into the one error body, and logs what nobody expected. */
export function addErrorHandler(app: FastifyInstance, logger: Logger): void {
  const { prefix } = app
  app.setErrorHandler(async (error, request, reply) => {
    const requestId = contextOf(request)?.requestId ?? String(request.id)
    const route = request.routeOptions.config.assay
    const { body, headers, unexpected } = toProblem(error, { prefix, url: request.url, requestId, route })
    if (unexpected) {
      const { url } = request.routeOptions
      logger.error({ error, requestId, method: request.method, route: url }, "request failed unexpectedly")
    }
    return sendProblem(reply.headers(headers), request, body)
  })
}

/** Old routes answer errors as `application/json`, new ones and whoever asks for it get `application/problem+json`. */
export function sendProblem(reply: FastifyReply, request: FastifyRequest, problem: Problem): FastifyReply {
  const legacy = request.routeOptions.config.assay?.legacy === true
  const asked = (request.headers.accept ?? "").includes("application/problem+json")
  return reply
    .code(problem.status)
    .type(legacy && !asked ? "application/json" : "application/problem+json")
    .send(JSON.stringify(problem))
}
