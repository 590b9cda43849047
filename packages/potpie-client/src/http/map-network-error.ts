import { abortedError, PotpieError, withMore } from "../errors.js"
import type { Exchange } from "./open-exchange.js"
import { redactCause } from "./redact.js"

/** What a request that got no answer, or not all of it, is told as. */
export function mapNetworkError(cause: unknown, exchange: Omit<Exchange, "response">): PotpieError {
  const { call, timer, requestId, connection } = exchange
  if (call.signal?.aborted && !timer.expired) return abortedError(call.signal)
  if (PotpieError.isInstance(cause) && cause !== timer.expired) return cause
  const arrived = exchange.mayHaveArrived() && !neverConnected(cause)
  const retryable = call.harmless || !arrived
  const hint = arrived && !call.harmless ? mayBeBilled : undefined
  if (timer.expired) return withMore(timer.expired, { retryable, hint, requestId })
  const message = arrived
    ? "The connection to Potpie broke before its answer was complete."
    : "No connection to Potpie came about."
  return new PotpieError(arrived ? "POTPIE_INTERRUPTED" : "POTPIE_NETWORK", message, {
    cause: redactCause(cause, connection.redact),
    retryable,
    requestId,
    hint: arrived ? hint : "Is the base URL right, and the server up?",
  })
}

/** For calls that do harm if they arrive twice. */
export const mayBeBilled =
  "The request may have arrived, and what it began goes on at the server; to send a message again bills again."

const beforeConnection = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
])

/** An injected fetch does not tell when it is connected; the code of its error does, somewhere along the causes. */
function neverConnected(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ("code" in at && beforeConnection.has(String(at.code))) return true
  }
  return false
}
