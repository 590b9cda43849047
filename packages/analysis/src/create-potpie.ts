import { createPotpieClient } from "@assay/potpie-client"
import type { PotpieClient, PotpieLogger, PotpieOptions } from "@assay/potpie-client"

export interface PotpieSettings {
  /** `POTPIE_API_KEY`. Without one, nothing can be asked. */
  apiKey?: string | undefined
  /** `POTPIE_BASE_URL`. Default: the hosted API. */
  baseUrl?: string | undefined
  /** `REQUEST_TIMEOUT`: how long an answer may take to be made, in milliseconds. Default 600,000. */
  requestTimeoutMs?: number | undefined
  logger?: PotpieLogger | undefined
  fetch?: PotpieOptions["fetch"]
}

/**
 * A client of Potpie for the handler and for `createAnalyses`; `undefined` without a key. It gives up sooner than a client that is
 * used alone: whoever waits here holds a worker, and the job is repeated anyway.
 *
 * @throws TypeError if the key or the base URL cannot be used.
 */
export function createPotpie(settings: PotpieSettings): PotpieClient | undefined {
  const { apiKey, baseUrl, requestTimeoutMs, logger, fetch } = settings
  if (apiKey === undefined || apiKey === "") return undefined
  return createPotpieClient({
    apiKey,
    ...{ baseUrl, logger, fetch },
    retry: { retries: 1, maxMs: 5_000 },
    ...(requestTimeoutMs === undefined ? {} : { timeouts: { answers: { headers: requestTimeoutMs } } }),
  })
}
