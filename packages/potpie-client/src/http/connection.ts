import type { PotpieLogger } from "../logger.js"
import type { Timeouts } from "./phase-timer.js"
import type { Redact } from "./redact.js"
import type { RetryPolicy } from "./retry.js"

/** What all calls of one client share. */
export interface Connection {
  /** Without a slash at its end. */
  baseUrl: string
  headers: Readonly<Record<string, string>>
  fetch: typeof globalThis.fetch | undefined
  logger: PotpieLogger | undefined
  retry: RetryPolicy
  timeouts: {
    /** Everything but messages. */
    calls: Timeouts
    /** Messages whose answer comes whole. */
    answers: Timeouts
    /** Messages whose answer is streamed. */
    streams: Timeouts
  }
  redact: Redact
  /** Whether the server has accepted the key before. */
  keyWorked: boolean
}

export interface Call {
  method: string
  /** Encoded, from the base URL on: `/api/v2/parse`. */
  path: string
  query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined
  /** Sent as JSON. */
  body?: unknown
  headers?: Readonly<Record<string, string>> | undefined
  /** Whether the call does no harm if it reaches the server twice. */
  harmless: boolean
  timeouts: Timeouts
  signal?: AbortSignal | undefined
}
