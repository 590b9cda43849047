import { PotpieError } from "../errors.js"
import { mapNetworkError } from "./map-network-error.js"
import type { Exchange } from "./open-exchange.js"

/** No answer of the API comes near it; what is larger is not one. */
const mostBytes = 64 * 1024 * 1024

const mostErrorBytes = 64 * 1024

/**
 * The body, piece by piece. Ending the iteration early closes the connection.
 *
 * @throws PotpieError `POTPIE_TIMEOUT` when the next piece takes too long, `POTPIE_INTERRUPTED` when the connection breaks.
 */
export async function* readBytes(exchange: Exchange): AsyncGenerator<Uint8Array, void, void> {
  const { response, timer, call } = exchange
  const reader = response.body?.getReader()
  const onAbort = (): void => void reader?.cancel(timer.signal.reason).catch(() => {})
  // The injected fetch may not listen to the signal any more.
  timer.signal.addEventListener("abort", onAbort, { once: true })
  let length = 0
  try {
    while (reader) {
      timer.enter("body", call.timeouts.body)
      const { done, value } = await reader.read()
      timer.pause()
      if (timer.signal.aborted) throw timer.signal.reason
      if (done) return
      length += value.byteLength
      if (length > mostBytes) throw new PotpieError("POTPIE_BAD_RESPONSE", "Potpie's answer has no end.")
      yield value
    }
  } catch (cause) {
    throw mapNetworkError(cause, exchange)
  } finally {
    timer.end()
    timer.signal.removeEventListener("abort", onAbort)
    await reader?.cancel().catch(() => {})
  }
}

export async function readText(exchange: Exchange): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of readBytes(exchange)) chunks.push(chunk)
  return Buffer.concat(chunks).toString("utf8")
}

/** What there is of an error's body. That it breaks off must not hide the error itself. */
export async function readErrorText(exchange: Exchange): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of readBytes(exchange)) {
      chunks.push(chunk)
      length += chunk.byteLength
      if (length > mostErrorBytes) break
    }
  } catch {
    // The status is known, and says more than the reason why its text is cut.
  }
  return Buffer.concat(chunks).toString("utf8")
}
