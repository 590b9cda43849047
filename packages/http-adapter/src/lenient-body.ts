import type { FastifyRequest } from "fastify"
import { MissingParameterError } from "./validation.js"

/**
 * A hook for the routes of the older API, before their bodies are checked: a member that is empty or null counts as not
 * given, as a form sends what was not filled in; and `required` is missed in the words of that API.
 */
export function lenientBody(required: string): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    const { body } = request
    const isObject = typeof body === "object" && body !== null && !Array.isArray(body)
    const given = Object.entries(isObject ? body : {}).filter(([, value]) => value !== null && value !== "")
    const members: Record<string, unknown> = Object.fromEntries(given)
    if (!Object.hasOwn(members, required)) throw new MissingParameterError(required)
    request.body = members
  }
}
