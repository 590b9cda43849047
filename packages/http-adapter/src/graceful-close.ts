import type { FastifyInstance } from "fastify"

/**
 * Ends connections with the answers that are still given while the server closes: kept alive, they would keep it from
 * closing for as long as idle connections are kept. Returns whether it is closing.
 */
export function addGracefulClose(app: FastifyInstance): () => boolean {
  let closing = false
  app.addHook("preClose", async () => {
    closing = true
  })
  app.addHook("onSend", async (request, reply, payload) => {
    if (closing && request.raw.httpVersionMajor === 1) reply.header("connection", "close")
    return payload
  })
  return () => closing
}
