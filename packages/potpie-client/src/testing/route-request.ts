import { agentsRoute } from "./agents-route.js"
import { createConversationRoute, messageRoute, projectMessageRoute, stopRoute } from "./conversation-routes.js"
import type { FakeReply } from "./fake-reply.js"
import type { FakeState } from "./fake-state.js"
import { HttpFailure } from "./http-failure.js"
import { parseRoute, projectsRoute, searchRoute, statusByNameRoute, statusRoute } from "./project-routes.js"
import { invalid } from "./validate-request.js"

export interface IncomingCall {
  method: string
  /** Without the query. */
  path: string
  query: URLSearchParams
  headers: Readonly<Record<string, string>>
  text: string
}

interface RouteCall extends IncomingCall {
  id: string
  body: unknown
}

interface Route {
  method: string
  path: RegExp
  isPublic?: boolean
  missingIn?: (state: FakeState) => boolean
  run(state: FakeState, call: RouteCall): FakeReply | Promise<FakeReply>
}

const base = "/api/v2"

/** Every path exists with and without a slash at its end. */
const at = (pattern: string): RegExp => new RegExp(`^${pattern.replace("{id}", "([^/]+)")}/?$`)
const json = (value: unknown): FakeReply => ({ json: value })

const routes: readonly Route[] = [
  { method: "GET", path: at("/health"), isPublic: true, run: () => json({ status: "ok", version: "0000000" }) },
  { method: "POST", path: at(`${base}/parse`), run: (state, { body }) => json(parseRoute(state, body)) },
  { method: "GET", path: at(`${base}/parsing-status/{id}`), run: (state, { id }) => json(statusRoute(state, id)) },
  {
    method: "POST",
    path: at(`${base}/parsing-status`),
    run: (state, { body }) => json(statusByNameRoute(state, body)),
  },
  { method: "GET", path: at(`${base}/projects/list`), run: (state) => json(projectsRoute(state)) },
  { method: "GET", path: at(`${base}/list-available-agents`), run: () => json(agentsRoute()) },
  {
    method: "POST",
    path: at(`${base}/conversations`),
    run: (state, { body, query }) => createConversationRoute(state, body, query),
  },
  {
    method: "POST",
    path: at(`${base}/conversations/{id}/message`),
    run: (state, { id, body, query }) => messageRoute(state, { conversationId: id, input: body, query }),
  },
  {
    method: "POST",
    path: at(`${base}/conversations/{id}/stop`),
    missingIn: ({ traits }) => !traits.hasStop,
    run: (state, { id, query }) => stopRoute(state, id, query),
  },
  {
    method: "POST",
    path: at(`${base}/project/{id}/message`),
    run: (state, { id, body, query }) => projectMessageRoute(state, { conversationId: id, input: body, query }),
  },
  { method: "POST", path: at(`${base}/search`), run: (state, { body }) => json(searchRoute(state, body)) },
]

/** In the server's own order: the route, JSON that is none, the key, validation, and then what the route refuses. */
export async function routeRequest(state: FakeState, call: IncomingCall): Promise<FakeReply> {
  const there = routes.filter((route) => route.path.test(call.path) && !route.missingIn?.(state))
  const route = there.find(({ method }) => method === call.method)
  if (!route) {
    if (there.length === 0) throw new HttpFailure(404, "Not Found")
    throw new HttpFailure(405, "Method Not Allowed", { allow: there.map(({ method }) => method).join(", ") })
  }
  const body = readBody(call)
  if (!route.isPublic) checkKey(state, call)
  const id = decodeURIComponent(route.path.exec(call.path)?.[1] ?? "")
  return route.run(state, { ...call, id, body })
}

function readBody({ text, headers }: IncomingCall): unknown {
  if (text === "") return undefined
  if (!/^application\/([^;]+\+)?json\b/i.test(headers["content-type"] ?? "")) return text
  try {
    return JSON.parse(text)
  } catch {
    const ctx = { error: "Expecting value" }
    throw invalid([{ type: "json_invalid", loc: ["body", 0], msg: "JSON decode error", input: {}, ctx }])
  }
}

function checkKey({ options, traits }: FakeState, { headers }: IncomingCall): void {
  const challenge = { "www-authenticate": "ApiKey" }
  const key = headers["x-api-key"]
  if (!key) throw new HttpFailure(401, "API key is required", challenge)
  if (options.adminSecret !== undefined && key === options.adminSecret) {
    const user = headers["x-user-id"]
    const hasDefault = traits.cursor === "resumes" || traits.errors === "sanitized"
    if (user ? options.users?.includes(user) : hasDefault) return
    throw new HttpFailure(401, "Invalid user_id", challenge)
  }
  if (key !== options.apiKey) throw new HttpFailure(401, "Invalid API key", challenge)
}
