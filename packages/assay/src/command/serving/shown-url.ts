import { isIP } from "node:net"

/** The address to show for a server that listens on `host`: one that a browser on this machine can open. */
export function shownUrl(host: string, port: number): string {
  const everywhere = host === "" || host === "0.0.0.0" || host === "::"
  const name = everywhere ? "localhost" : isIP(host) === 6 ? `[${host}]` : host
  return `http://${name}:${port}`
}
