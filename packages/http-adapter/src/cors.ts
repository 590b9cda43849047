import type { FastifyInstance } from "fastify"

const methods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
const requestHeaders = "authorization, content-type, idempotency-key, x-api-key, x-request-id"
const responseHeaders = "allow, location, retry-after, x-request-id, x-total-count"

/**
 * Lets pages of the listed origins call the API from a browser; `*` means all. Cookies are never part of it. Preflight
 * requests themselves are answered where every OPTIONS request is.
 */
export function addCors(app: FastifyInstance, origins: readonly string[]): void {
  for (const origin of origins) {
    if (origin !== "*" && !/^https?:\/\/[^/?#\s]+$/.test(origin)) {
      throw new TypeError(
        `The CORS origin ${JSON.stringify(origin)} must look like https://tools.example, without a path.`,
      )
    }
  }
  if (origins.length === 0) return
  const everybody = origins.includes("*")
  app.addHook("onRequest", async (request, reply) => {
    const { origin } = request.headers
    if (!everybody) reply.header("vary", "Origin")
    if (origin === undefined || !(everybody || origins.includes(origin))) return
    reply.headers({
      "access-control-allow-origin": everybody ? "*" : origin,
      "access-control-expose-headers": responseHeaders,
    })
    if (request.method === "OPTIONS") {
      reply.headers({
        "access-control-allow-methods": methods,
        "access-control-allow-headers": requestHeaders,
        "access-control-max-age": "600",
      })
    }
  })
}
