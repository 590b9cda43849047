import { randomUUID } from "node:crypto"
import { PotpieError } from "../errors.js"
import type { Call, Connection } from "./connection.js"
import { mapNetworkError } from "./map-network-error.js"
import { nodeFetch } from "./node-fetch.js"
import { createPhaseTimer, type PhaseTimer } from "./phase-timer.js"
import { readErrorText } from "./read-body.js"
import { toStatusError } from "./to-status-error.js"

/** A request whose answer has begun: 2xx, and the body is still to be read. */
export interface Exchange {
  connection: Connection
  call: Call
  response: Response
  requestId: string
  timer: PhaseTimer
  /** Whether the request may have reached the server. */
  mayHaveArrived(): boolean
}

/**
 * Sends a call once.
 *
 * @throws PotpieError for everything but a 2xx.
 */
export async function openExchange(connection: Connection, call: Call): Promise<Exchange> {
  const started = performance.now()
  const { method } = call
  const path = connection.redact(call.path)
  const timer = createPhaseTimer(call.signal)
  const sent = { requestId: call.headers?.["x-request-id"] ?? randomUUID(), connected: false }
  const exchange = { connection, call, timer, mayHaveArrived: () => sent.connected }
  let response: Response
  try {
    if (timer.signal.aborted) throw timer.signal.reason
    response = await send(connection, call, { timer, sent })
  } catch (cause) {
    timer.end()
    const error = mapNetworkError(cause, { ...exchange, requestId: sent.requestId })
    connection.logger?.debug({ method, path, code: error.code, ms: since(started) }, "Potpie did not answer")
    throw error
  }
  const requestId = connection.redact(response.headers.get("x-request-id") ?? sent.requestId)
  connection.logger?.debug({ method, path, status: response.status, requestId, ms: since(started) }, "Potpie answered")
  if (response.ok) {
    connection.keyWorked = true
    return { ...exchange, response, requestId }
  }
  const text = await readErrorText({ ...exchange, response, requestId })
  throw toStatusError({ call, response, requestId, text, redact: connection.redact })
}

interface Sending {
  timer: PhaseTimer
  sent: { requestId: string; connected: boolean }
}

async function send(connection: Connection, call: Call, { timer, sent }: Sending): Promise<Response> {
  const url = toUrl(connection.baseUrl, call)
  const body = call.body === undefined ? undefined : JSON.stringify(call.body)
  const headers = {
    accept: "application/json",
    "accept-encoding": "identity",
    ...(body !== undefined && {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(body)),
    }),
    "x-request-id": sent.requestId,
    ...call.headers,
    ...connection.headers,
  }
  const init = { method: call.method, headers, body, signal: timer.signal }
  const { connect, headers: untilHeaders } = call.timeouts
  if (connection.fetch) {
    timer.enter("headers", connect + untilHeaders)
    sent.connected = true
    return connection.fetch(url, { ...init, body: body ?? null, redirect: "manual" })
  }
  timer.enter("connect", connect)
  return nodeFetch(url, {
    ...init,
    onConnected() {
      sent.connected = true
      if (!timer.signal.aborted) timer.enter("headers", untilHeaders)
    },
  })
}

/** @throws PotpieError `INVALID_INPUT` for a path that means another one than it spells. */
export function toUrl(baseUrl: string, call: Pick<Call, "path" | "query">): URL {
  const url = URL.canParse(baseUrl + call.path) ? new URL(baseUrl + call.path) : undefined
  // What a URL makes shorter (dots, backslashes, a query of its own) would lead the key somewhere else.
  if (!call.path.startsWith("/") || url?.href !== baseUrl + call.path || url.search || url.hash) {
    throw new PotpieError("INVALID_INPUT", "The path of the call is not one under the base URL.", {
      hint: "Give a path such as /api/v2/projects/list, its values encoded (the tag path`…` does so), and the query apart.",
    })
  }
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  return url
}

function since(started: number): number {
  return Math.round(performance.now() - started)
}
