import { isJobId } from "@assay/core"
import type { FastifyInstance, FastifyRequest } from "fastify"
import { HttpError } from "../problem/http-error.js"
import { contextOf } from "../request-context.js"
import type { Action, Authorize, Resource } from "./authorize.js"

/** Asks `authorize` about every request, before anything of it is read but the headers. */
export function addAccessCheck(app: FastifyInstance, authorize: Authorize<FastifyRequest>): void {
  app.addHook("onRequest", async (request) => {
    const access = await authorize(request, actionOf(request), resourceOf(request))
    if (access.allowed) {
      const context = contextOf(request)
      if (context) context.tenant = access.tenant
      return
    }
    const { status, message, hint } = access
    throw new HttpError(status === 401 ? "UNAUTHENTICATED" : "FORBIDDEN", message, {
      ...(hint === undefined ? {} : { hint }),
      ...(status === 401 ? { headers: { "www-authenticate": 'Bearer realm="assay"' } } : {}),
    })
  })
}

function actionOf(request: FastifyRequest): Action {
  const { assay } = request.routeOptions.config
  if (assay) return assay.action
  if (request.is404) return "meta.read"
  throw new Error(`The route ${request.routeOptions.url} does not say which action it is.`)
}

function resourceOf(request: FastifyRequest): Resource {
  const parameters = request.params as { id?: string; projectId?: string; schedule_id?: string; queue?: string }
  const { id = parameters.projectId, schedule_id: scheduleId, queue } = parameters
  if (scheduleId !== undefined) return { scheduleId }
  if (queue !== undefined) return { queue }
  if (id === undefined) return {}
  if (isJobId(id)) return { jobId: id }
  return /^\d{1,15}$/.test(id) ? { repositoryId: Number(id) } : {}
}
