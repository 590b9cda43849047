import { isIP } from "node:net"

/** Whether an address of a peer or of an interface leads nowhere but to this machine. */
export function isLoopbackAddress(address: string): boolean {
  const plain = address.toLowerCase().replace(/^::ffff:/, "")
  return isIP(plain) === 4 ? plain.startsWith("127.") : plain === "::1"
}

/** Whether a host name, as it stands in a URL, means this machine. `[::1]` has its brackets. */
export function isLoopbackHost(host: string): boolean {
  if (host.toLowerCase() === "localhost") return true
  return isLoopbackAddress(host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host)
}

/** The name in a Host header without its port, or `undefined` when the header is not of the form `name` or `name:port`. */
export function hostName(header: string): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[^\s:/?#@[\]\\]+)(?::\d{1,5})?$/i.exec(header)?.[1]
}
