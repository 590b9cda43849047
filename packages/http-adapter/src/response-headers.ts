import type { FastifyInstance } from "fastify"

const apiPolicy = "default-src 'none'; frame-ancestors 'none'"

/** Headers of every answer: nothing is stored, framed, sniffed or embedded by others. */
export function addResponseHeaders(app: FastifyInstance): void {
  app.addHook("onRequest", async (_request, reply) => {
    reply.headers({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
    })
  })
  app.addHook("onSend", async (_request, reply, payload) => {
    if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store")
    if (!reply.hasHeader("content-security-policy")) reply.header("content-security-policy", apiPolicy)
    // JSON has one encoding, and the older API names none.
    const type = reply.getHeader("content-type")
    if (typeof type === "string" && /^application\/([\w.-]+\+)?json;/.test(type)) {
      reply.header("content-type", type.replace(/; *charset=utf-8$/i, ""))
    }
    return payload
  })
}
