import type { Connection } from "./http/connection.js"
import type { Timeouts } from "./http/phase-timer.js"
import { createRedact } from "./http/redact.js"
import { defaultRetry, type RetryPolicy } from "./http/retry.js"
import { withDefaults } from "./http/with-defaults.js"
import type { PotpieLogger } from "./logger.js"

export interface PotpieOptions {
  /** `sk-…`, or the server's admin secret. It is sent as `x-api-key` to the base URL and shown nowhere. */
  apiKey: string
  /** The user to act as. The server reads it only beside its admin secret. */
  userId?: string | undefined
  /** Default `https://production-api.potpie.ai`. A server of your own listens on `http://localhost:8001`, as a rule. */
  baseUrl?: string | URL | undefined
  /** Used instead of node:http: for a proxy, or tests. Unlike node:http, Node's own gives up on headers after 300 s. */
  fetch?: typeof globalThis.fetch | undefined
  /** A pino logger, or a few lines over anything else. Default: silence. */
  logger?: PotpieLogger | undefined
  /** Over the defaults: 3 retries, pauses of 0.5 s to 30 s. */
  retry?: Partial<RetryPolicy> | undefined
  /** Milliseconds, over the defaults. `connect` is 10 s everywhere. */
  timeouts?:
    | {
        /** Everything but messages. Default: headers 30 s, body 30 s. */
        calls?: Partial<Timeouts> | undefined
        /** `ask`. Default: headers 600 s, which is the time to make the answer, and body 30 s. */
        answers?: Partial<Timeouts> | undefined
        /** `stream`. Default: headers 60 s, silence 300 s. */
        streams?: Partial<Timeouts> | undefined
      }
    | undefined
}

const hosted = "https://production-api.potpie.ai"
const connect = 10_000

/** @throws TypeError for options that no call could work with. The key is not in its message. */
export function toConnection(options: PotpieOptions): Connection {
  const { apiKey, userId, baseUrl = hosted, fetch, logger, timeouts = {} } = options
  for (const [name, value] of Object.entries({ apiKey, userId })) {
    const isMissing = name === "apiKey" && !value
    if (isMissing || (value !== undefined && !/^[\x21-\x7e]*$/.test(value))) {
      throw new TypeError(`${name} must be a text of printable characters without spaces.`)
    }
  }
  return {
    baseUrl: checkBaseUrl(baseUrl),
    headers: {
      "user-agent": "assay-potpie-client",
      "x-api-key": apiKey,
      ...(userId !== undefined && { "x-user-id": userId }),
    },
    fetch,
    logger,
    retry: withDefaults(defaultRetry, options.retry),
    timeouts: {
      calls: withDefaults({ connect, headers: 30_000, body: 30_000 }, timeouts.calls),
      answers: withDefaults({ connect, headers: 600_000, body: 30_000 }, timeouts.answers),
      streams: withDefaults({ connect, headers: 60_000, body: 300_000 }, timeouts.streams),
    },
    redact: createRedact([apiKey]),
    keyWorked: false,
  }
}

function checkBaseUrl(baseUrl: string | URL): string {
  const url = URL.canParse(String(baseUrl)) ? new URL(String(baseUrl)) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new TypeError("baseUrl must be an http or https URL without user name, password, query or fragment.")
  }
  return url.href.replace(/\/+$/, "")
}
