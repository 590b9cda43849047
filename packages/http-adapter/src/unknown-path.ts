import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from "fastify"
import { sendProblem } from "./error-handler.js"
import { HttpError } from "./problem/http-error.js"
import { toProblem } from "./problem/problem.js"
import { contextOf } from "./request-context.js"

/** Answers what matches no route: JSON that lists what there is, or plain text for who asks for that as the older API did. */
export function addUnknownPathHandler(app: FastifyInstance, routes: readonly RouteOptions[]): void {
  const { prefix } = app
  app.setNotFoundHandler(async (request, reply) => {
    if (wantsText(request) && request.url.startsWith(`${prefix}/api/v1/`)) {
      return reply.code(404).type("text/plain; charset=utf-8").send("404 page not found\n")
    }
    const { body } = toProblem(new HttpError("NOT_FOUND", "There is nothing at this path."), {
      prefix,
      url: request.url,
      requestId: contextOf(request)?.requestId ?? String(request.id),
      unknown: { method: request.method, availableEndpoints: endpoints(routes) },
    })
    return sendProblem(reply, request, body)
  })
}

/** Gives each path the methods it lacks: OPTIONS says which there are, and the rest are refused with the same list. */
export function addOtherMethods(app: FastifyInstance, routes: readonly RouteOptions[]): void {
  const methodsByUrl = new Map<string, string[]>()
  for (const { url, method } of routes) {
    methodsByUrl.set(url, [...(methodsByUrl.get(url) ?? []), ...[method].flat()])
  }
  for (const [url, methods] of methodsByUrl) {
    const others = app.supportedMethods.filter((method) => !methods.includes(method) && method !== "OPTIONS")
    const allow = [...methods, "OPTIONS"].join(", ")
    const path = url.slice(app.prefix.length)
    const config = { assay: { action: "meta.read" as const, hidden: true } }
    // The root of a prefix is one path with a slash at its end, as the route itself is.
    const prefixTrailingSlash = "slash"
    app.options(path, { config, prefixTrailingSlash }, async (_request: FastifyRequest, reply: FastifyReply) =>
      reply.code(204).header("allow", allow).send(),
    )
    const refuse = async (request: FastifyRequest): Promise<never> => {
      throw new HttpError("METHOD_NOT_ALLOWED", `${request.method} is not possible here.`, { headers: { allow } })
    }
    // Before the body is read: whether that is JSON is not what is wrong.
    app.route({ method: others, url: path, config, prefixTrailingSlash, onRequest: refuse, handler: refuse })
  }
}

function endpoints(routes: readonly RouteOptions[]): string[] {
  return routes
    .filter(({ method, config }) => method !== "HEAD" && !config?.assay?.hidden)
    .map(({ method, url }) => `${[method].flat().join("|")} ${url.replace(/:(\w+)/g, "{$1}")}`)
}

function wantsText(request: FastifyRequest): boolean {
  return /^text\/plain\b/.test(request.headers.accept ?? "")
}
