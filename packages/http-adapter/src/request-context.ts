import { newId } from "@assay/core"
import type { FastifyInstance, FastifyRequest } from "fastify"

/** What the plugin knows about a request while it is answered. */
export interface RequestContext {
  /** Accepted from the caller, or made here. */
  readonly requestId: string
  readonly startedAt: number
  /** Whose data the request is about. Known once access was granted. */
  tenant: string | undefined
}

const key = Symbol("assay request")

export function addRequestContext(app: FastifyInstance): void {
  app.decorateRequest(key, undefined)
  app.addHook("onRequest", async (request, reply) => {
    const context: RequestContext = {
      requestId: acceptedId(request) ?? newId("req"),
      startedAt: performance.now(),
      tenant: undefined,
    }
    request.setDecorator<RequestContext>(key, context)
    reply.header("x-request-id", context.requestId)
  })
}

export function contextOf(request: FastifyRequest): RequestContext | undefined {
  return request.getDecorator<RequestContext | undefined>(key)
}

/** The tenant of a request that was let in. */
export function tenantOf(request: FastifyRequest): string {
  const tenant = contextOf(request)?.tenant
  if (tenant === undefined) throw new Error("A handler ran for a request that nobody was asked about.")
  return tenant
}

// It is written into logs and headers, so only what can do no harm there is taken over.
function acceptedId(request: FastifyRequest): string | undefined {
  const given = request.headers["x-request-id"]
  return typeof given === "string" && /^[\w.:-]{1,128}$/.test(given) ? given : undefined
}
