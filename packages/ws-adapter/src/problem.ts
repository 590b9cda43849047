import { randomUUID } from "node:crypto"
import type { FastifyInstance } from "fastify"
import type { Logger } from "@assay/core"
import { liveErrors, toLiveError } from "./errors.js"
import type { LiveError } from "./errors.js"

/** The error body of the HTTP API: the members of RFC 9457, and those that the clients of older services read. */
export function problemBody(error: LiveError, url: string) {
  const { status, title } = liveErrors[error.code]
  return {
    error: title,
    code: error.code,
    type: "about:blank",
    title,
    status,
    detail: error.message,
    // A query may hold what was meant for nobody's eyes.
    instance: url.split("?", 1)[0] ?? "",
    request_id: `req_${randomUUID()}`,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    retryable: error.retryable,
    success: false,
    message: error.message,
    timestamp: new Date().toISOString(),
  }
}

/** What is said to a listener before its connection ends. */
export function complaintOf({ code, message, hint }: LiveError) {
  return { code, message, ...(hint === undefined ? {} : { hint }), timestamp: new Date().toISOString() }
}

export function addErrorHandler(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler(async (thrown, request, reply) => {
    const error = toLiveError(thrown)
    const body = problemBody(error, request.url)
    if (error.code === "INTERNAL")
      logger.error({ error: thrown, requestId: body.request_id }, "a request failed unexpectedly")
    if (error.code === "UNAUTHENTICATED") reply.header("www-authenticate", 'Bearer realm="assay"')
    return reply
      .code(body.status)
      .headers({ "cache-control": "no-store", "x-content-type-options": "nosniff" })
      .type("application/problem+json")
      .send(JSON.stringify(body))
  })
}
