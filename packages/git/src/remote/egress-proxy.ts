import { request } from "node:http"
import type { Socket } from "node:net"
import { GitError } from "../errors.js"
import { proxyHint } from "../process/classify-failure.js"

/** The one way out to the network: everything that goes to a remote over http or https goes through it. */
export interface EgressProxy {
  /** `http://host:port` */
  origin: string
  hostname: string
  port: number
  /** Given to the proxy and to nobody else. */
  credentials: { username: string; password: string } | undefined
}

/**
 * Reads `http://host:port` or `http://user:password@host:port`. Throws a `TypeError` that says what is wrong, without
 * repeating what may be a password.
 */
export function parseEgressProxy(text: string): EgressProxy {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new TypeError("The proxy is not a URL such as http://proxy.internal:3128.")
  }
  if (url.protocol !== "http:") throw new TypeError("The URL of the proxy must start with http://.")
  if (url.pathname !== "/" || url.search || url.hash)
    throw new TypeError("The URL of the proxy must be a host and a port and nothing after them.")
  const username = decoded(url.username)
  const password = decoded(url.password)
  // Git repeats the name in its question for the password, and not every version writes odd characters alike.
  if (!/^[A-Za-z0-9._-]*$/.test(username))
    throw new TypeError("The user name of the proxy may consist of letters, digits, dots, hyphens and underscores.")
  // eslint-disable-next-line no-control-regex -- a line break would end the password for git
  if (/[\x00-\x1f]/.test(password)) throw new TypeError("The password of the proxy holds control characters.")
  if ((username === "") !== (password === ""))
    throw new TypeError("The proxy needs both a user name and a password, or neither.")
  const port = url.port === "" ? 80 : Number(url.port)
  return {
    origin: `http://${url.hostname}:${port}`,
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port,
    credentials: username === "" ? undefined : { username, password },
  }
}

/** The header that opens a proxy. */
export function proxyAuthorization({ credentials }: EgressProxy): Record<string, string> {
  if (!credentials) return {}
  const { username, password } = credentials
  return { "proxy-authorization": `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` }
}

/** Opens a tunnel through the proxy. Throws `GIT_ADDRESS_REFUSED` if the proxy does not let us go there. */
export async function openTunnel(
  proxy: EgressProxy,
  target: { hostname: string; port: number; signal: AbortSignal },
): Promise<Socket> {
  const { hostname, port, signal } = target
  const authority = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`
  return new Promise((resolve, reject) => {
    const asking = request({
      ...{ host: proxy.hostname, port: proxy.port, method: "CONNECT", path: authority, agent: false, signal },
      headers: { host: authority, ...proxyAuthorization(proxy) },
    })
    const answered = (status: number, socket: Socket): void => {
      if (status >= 200 && status < 300) return resolve(socket)
      socket.destroy()
      reject(proxyRefusal(status, hostname))
    }
    asking.on("connect", (answer, socket: Socket) => answered(answer.statusCode ?? 0, socket))
    asking.on("response", (answer) => {
      answer.on("error", () => {})
      answered(answer.statusCode ?? 0, answer.socket)
    })
    asking.on("error", reject)
    asking.end()
  })
}

/** What it means when a proxy answers with this status instead of letting us through. */
export function proxyRefusal(status: number, hostname: string): GitError {
  if (status === 407) {
    return new GitError("GIT_NETWORK", "The proxy asks for credentials, or refused those it was given.", {
      hint: proxyHint,
      retryable: false,
    })
  }
  if (status === 403) {
    return new GitError("GIT_ADDRESS_REFUSED", `The proxy lets nobody through to ${hostname}.`, { hint: proxyHint })
  }
  return new GitError("GIT_NETWORK", `The proxy cannot reach ${hostname}.`, { hint: proxyHint })
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new TypeError("The credentials of the proxy are encoded in an unusual way.")
  }
}
