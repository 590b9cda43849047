import { randomUUID } from "node:crypto"
import type { Call, Connection } from "../http/connection.js"
import { withRetries } from "../http/make-call.js"
import { openExchange } from "../http/open-exchange.js"
import { readText } from "../http/read-body.js"
import { withDefaults } from "../http/with-defaults.js"
import type { CallOptions } from "./call-options.js"

export interface RequestInput extends CallOptions {
  /** Default `GET`. */
  method?: string | undefined
  /** From the base URL on, its values encoded, without a query: path`/api/v2/parsing-status/${id}`. */
  path: string
  query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined
  /** Sent as JSON. */
  body?: unknown
  /** Beside those of the client, which win. */
  headers?: Readonly<Record<string, string>> | undefined
  /** Whether it does no harm if it arrives twice, so that it may be retried. Default: only for `GET` and `HEAD`. */
  harmless?: boolean | undefined
}

export interface RequestResult {
  status: number
  headers: Headers
  requestId: string
  /** Parsed if it is JSON, else the text. */
  body: unknown
}

export async function request(connection: Connection, input: RequestInput): Promise<RequestResult> {
  const method = (input.method ?? "GET").toUpperCase()
  const headers = Object.entries(input.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])
  const call: Call = {
    method,
    path: input.path,
    query: input.query,
    body: input.body,
    headers: { "x-request-id": randomUUID(), ...Object.fromEntries(headers) },
    harmless: input.harmless ?? ["GET", "HEAD"].includes(method),
    timeouts: withDefaults(connection.timeouts.calls, input.timeouts),
    signal: input.signal,
  }
  return withRetries({ connection, call }, async () => {
    const exchange = await openExchange(connection, call)
    const { response, requestId } = exchange
    const text = await readText(exchange)
    return { status: response.status, headers: response.headers, requestId, body: parseOrKeep(text) }
  })
}

function parseOrKeep(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
