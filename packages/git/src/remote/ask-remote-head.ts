import { readFileSync } from "node:fs"
import { request as requestHttp } from "node:http"
import type { IncomingMessage, RequestOptions } from "node:http"
import { request as requestHttps } from "node:https"
import { isIP } from "node:net"
import type { LookupFunction, Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import type { TLSSocket } from "node:tls"
import { GitError, abortedError } from "../errors.js"
import type { GitCredentials } from "../process/askpass.js"
import { certificateHint } from "../process/classify-failure.js"
import { openTunnel, proxyAuthorization } from "./egress-proxy.js"
import type { EgressProxy } from "./egress-proxy.js"
import type { RemoteUrl } from "./remote-url.js"

/** What git asks a server first, after the URL of the repository. */
export const suffix = "/info/refs"

export interface Question {
  /** Checked addresses of the host; none if there is a proxy. */
  addresses: readonly string[]
  credentials: GitCredentials | undefined
  caFile?: string | undefined
  proxy?: EgressProxy | undefined
  timeoutMs?: number
  signal?: AbortSignal | undefined
}

/** One GET to one of the checked addresses. Resolves with the head of the answer; the body is thrown away. */
export async function askRemoteHead(remote: RemoteUrl, question: Question): Promise<IncomingMessage> {
  const { credentials, signal, timeoutMs = 30_000 } = question
  if (signal?.aborted) throw abortedError(signal)
  const limit = AbortSignal.timeout(timeoutMs)
  const ended = signal ? AbortSignal.any([signal, limit]) : limit
  let channel: Channel | undefined
  try {
    channel = await connect(remote, question, ended)
    const { request, options, headers } = channel
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = request({
        ...options,
        signal: ended,
        headers: {
          "user-agent": "git/2.0 (assay)",
          accept: "*/*",
          "git-protocol": "version=2",
          ...(credentials
            ? {
                authorization: `Basic ${Buffer.from(`${credentials.username}:${credentials.token}`).toString("base64")}`,
              }
            : {}),
          ...headers,
        },
      })
      outgoing.on("response", (answer) => {
        answer.on("error", () => {})
        answer.destroy()
        resolve(answer)
      })
      outgoing.on("error", reject)
      outgoing.end()
    })
  } catch (cause) {
    if (signal?.aborted) throw abortedError(signal)
    if (limit.aborted) throw new GitError("GIT_TIMEOUT", `${remote.url} does not answer.`, { cause })
    if (GitError.isInstance(cause)) throw cause
    if (isCertificateError(cause)) {
      throw new GitError("GIT_NETWORK", `The certificate of ${remote.url} cannot be verified.`, {
        cause,
        hint: certificateHint,
        retryable: false,
      })
    }
    throw new GitError("GIT_NETWORK", `${remote.url} cannot be reached.`, { cause })
  } finally {
    channel?.tunnel?.destroy()
  }
}

interface Channel {
  request: typeof requestHttp
  options: RequestOptions
  headers?: Record<string, string>
  tunnel?: Socket
}

/** How the question gets there: to a checked address and no other, or through the proxy. */
async function connect(remote: RemoteUrl, question: Question, signal: AbortSignal): Promise<Channel> {
  const { addresses, proxy, caFile } = question
  const { hostname, port } = remote
  const url = new URL(`${remote.url}${suffix}?service=git-upload-pack`)
  const target = { protocol: url.protocol, hostname, port, path: `${url.pathname}${url.search}` }
  const secure = remote.protocol === "https"
  const ca = caFile === undefined || !secure ? {} : { ca: readFileSync(caFile) }
  if (!proxy) {
    const lookup: LookupFunction = (_hostname, options, callback) => {
      const all = addresses.map((address) => ({ address, family: isIP(address) }))
      if (options.all) callback(null, all)
      else callback(null, all[0]!.address, all[0]!.family)
    }
    const options = { ...target, ...ca, lookup, agent: false }
    return { request: secure ? requestHttps : requestHttp, options }
  }
  if (!secure) {
    const options = { hostname: proxy.hostname, port: proxy.port, path: url.href, agent: false }
    return { request: requestHttp, options, headers: { host: url.host, ...proxyAuthorization(proxy) } }
  }
  const tunnel = await openTunnel(proxy, { hostname, port, signal })
  // An agent would open a connection of its own. The certificate is checked for the host, not for the proxy.
  const createConnection = (): TLSSocket =>
    connectTls({ socket: tunnel, host: hostname, ...(isIP(hostname) ? {} : { servername: hostname }), ...ca })
  return { request: requestHttps, options: { ...target, createConnection }, tunnel }
}

/** OpenSSL's own names of what is wrong with a certificate, which Node hands on as codes. */
function isCertificateError(error: unknown): boolean {
  const code = String((error as NodeJS.ErrnoException).code)
  return /CERT|UNABLE_TO_(GET|VERIFY|DECODE)|_CA$|CHAIN/.test(code)
}
