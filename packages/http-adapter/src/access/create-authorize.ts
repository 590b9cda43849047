import type { IncomingHttpHeaders } from "node:http"
import { createKeyCheck, presentedKeys } from "./api-keys.js"
import type { Access, Authorize } from "./authorize.js"
import { hostName, isLoopbackAddress, isLoopbackHost } from "./loopback.js"

export interface AccessOptions {
  /** Whoever presents one of these may do everything. Default: none. */
  apiKeys?: readonly string[]
  /** Without keys: serve everybody who can reach the port. Default `false`: this machine only. */
  open?: boolean
  /** Origins of web pages that may call the API from a browser: `https://tools.example`. Default: none. */
  corsOrigins?: readonly string[]
  /** Whose data all of this is about. Default `"default"`. */
  tenant?: string
}

/**
 * The rule where a host brings none of its own. With keys: one of them, or nothing but `meta.read`. Without keys and not
 * open: only requests that this machine made to itself, and that no web page of somebody else's made it make. A page
 * can do that in two ways: with a name of its own that it points to 127.0.0.1 (then the Host header is that name), and
 * by posting to localhost across origins (then the Origin header is the page's).
 */
export function createAuthorize(options: AccessOptions = {}): Authorize {
  const { apiKeys = [], open = false, corsOrigins = [], tenant = "default" } = options
  const hasKey = createKeyCheck(apiKeys)
  const allowed: Access = { allowed: true, tenant }
  if (apiKeys.length > 0) {
    return ({ headers }, action) => {
      if (action === "meta.read" || hasKey(headers)) return allowed
      return presentedKeys(headers).length > 0 ? wrongKey : noKey
    }
  }
  if (open) return (_request, action) => (action === "analysis.ask" ? keyless : allowed)
  return ({ headers, socket }, action) => {
    const refusal = refusalOfStrangers(headers, socket.remoteAddress, corsOrigins)
    return refusal ?? (action === "analysis.ask" ? keyless : allowed)
  }
}

const keyHint = "Send it as `Authorization: Bearer <key>` or as `x-api-key: <key>`."
const noKey: Access = { allowed: false, status: 401, message: "This needs an API key.", hint: keyHint }
const wrongKey: Access = { allowed: false, status: 401, message: "That API key is not valid here.", hint: keyHint }

// What spends money at once is for nobody who cannot say who they are.
const keyless: Access = forbidden(
  "This spends the credits of the Potpie account at once, so it needs an API key, and this service has none.",
  "Start the service with API keys (ASSAY_API_KEYS), or use POST /analyze.",
)

const forwardingHeaders = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"]
const serveOthers = "To serve others, start the service with API keys (ASSAY_API_KEYS)"

function refusalOfStrangers(
  headers: IncomingHttpHeaders,
  remoteAddress: string | undefined,
  corsOrigins: readonly string[],
): Access | undefined {
  if (remoteAddress === undefined || !isLoopbackAddress(remoteAddress)) {
    return forbidden(
      "Without API keys, only this machine itself is served.",
      `${serveOthers}, or with ASSAY_OPEN=1 if everybody who can reach the port may do everything.`,
    )
  }
  const forwarding = forwardingHeaders.find((name) => headers[name] !== undefined)
  if (forwarding) {
    return forbidden(
      `Without API keys, only this machine itself is served, and this request came through a proxy (it has ${forwarding}).`,
      `${serveOthers}, or with ASSAY_OPEN=1 if the proxy decides who may.`,
    )
  }
  const host = headers.host ?? authority(headers)
  const name = host === undefined ? undefined : hostName(host)
  if (host === undefined || name === undefined || !isLoopbackHost(name)) {
    return forbidden(
      "Without API keys, the service answers to the names localhost, 127.0.0.1 and [::1] only, and this request has another Host header.",
      `Call it by one of these names. ${serveOthers}.`,
    )
  }
  const origin = headers.origin
  if (origin !== undefined && !isSameOrigin(origin, host) && !corsOrigins.includes(origin)) {
    return forbidden(
      "Without API keys, web pages of other origins may not use the service.",
      "Add the page's origin to CORS_ORIGINS, or start the service with API keys (ASSAY_API_KEYS).",
    )
  }
  return undefined
}

function forbidden(message: string, hint: string): Access {
  return { allowed: false, status: 403, message, hint }
}

// HTTP/2 has the host in a pseudo header.
function authority(headers: IncomingHttpHeaders): string | undefined {
  const value = headers[":authority"]
  return typeof value === "string" ? value : undefined
}

function isSameOrigin(origin: string, host: string): boolean {
  return /^https?:\/\//.test(origin) && origin.replace(/^https?:\/\//, "").toLowerCase() === host.toLowerCase()
}
