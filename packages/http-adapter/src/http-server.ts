import { STATUS_CODES } from "node:http"
import { newId } from "@assay/core"
import Fastify from "fastify"
import type { FastifyInstance, FastifyReply } from "fastify"
import { httpAdapter } from "./http-adapter.js"
import type { HttpAdapterOptions } from "./http-adapter.js"
import { HttpError } from "./problem/http-error.js"
import { toProblem } from "./problem/problem.js"

export interface HttpServerOptions extends HttpAdapterOptions {
  /** Adds to the server what is served beside the API: other plugins, such as `@assay/ws-adapter`. */
  extend?: (app: FastifyInstance) => void | Promise<void>
}

/** A Fastify server of its own that serves nothing but Assay, not yet listening. Whoever made it closes it. */
export async function createHttpServer({ extend, ...options }: HttpServerOptions): Promise<FastifyInstance> {
  const app = Fastify({
    // Ids, logging and the trust in proxies are the plugin's business, or nobody's.
    logger: false,
    requestIdHeader: false,
    trustProxy: false,
    // Idle connections would keep a closing server waiting; those at work may finish.
    forceCloseConnections: "idle",
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (error, request, reply: FastifyReply) => {
      const { body } = toProblem(error, { prefix: "", url: request.url, requestId: newId("req") })
      return reply
        .code(body.status)
        .headers({ "x-request-id": body.request_id, "x-content-type-options": "nosniff", "cache-control": "no-store" })
        .type("application/problem+json")
        .send(JSON.stringify(body))
    },
    clientErrorHandler: (error, socket) => {
      if (error.code === "ECONNRESET" || !socket.writable) return
      const { body } = toProblem(toHttpError(error.code), { prefix: "", url: "", requestId: newId("req") })
      const text = JSON.stringify(body)
      socket.end(
        [
          `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status]}`,
          "Content-Type: application/problem+json",
          `Content-Length: ${Buffer.byteLength(text)}`,
          "Connection: close",
          "",
          text,
        ].join("\r\n"),
      )
    },
  })
  await app.register(httpAdapter, { unknownPaths: true, ...options })
  await extend?.(app)
  await app.ready()
  return app
}

function toHttpError(code: string): HttpError {
  if (code === "HPE_HEADER_OVERFLOW")
    return new HttpError("HEADERS_TOO_LARGE", "The headers are larger than this service reads.")
  if (code === "ERR_HTTP_REQUEST_TIMEOUT")
    return new HttpError("REQUEST_TIMEOUT", "The request took too long to arrive.")
  return new HttpError("BAD_REQUEST", "That is not a valid HTTP request.")
}
