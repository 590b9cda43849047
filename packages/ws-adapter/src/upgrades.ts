import type { IncomingMessage, Server } from "node:http"
import { STATUS_CODES } from "node:http"
import type { Duplex } from "node:stream"
import { LiveError, liveErrors, toLiveError } from "./errors.js"
import { problemBody } from "./problem.js"

/** What Node hands over when a connection shall become something else than HTTP. */
export interface Handshake {
  readonly request: IncomingMessage
  readonly socket: Duplex
  /** What came after the request already. */
  readonly head: Buffer
}

/** Answers a handshake. `rest` is what follows the handler's path in the URL. A rejection is answered as over HTTP. */
export type UpgradeHandler = (handshake: Handshake, rest: string) => Promise<void> | void

export interface Upgrades {
  /** Resolves when all upgraded connections are gone; those that are not within `graceMs` are torn down. */
  close(graceMs: number): Promise<void>
}

/** Hands WebSocket handshakes to the first handler whose path (`/ws/`) the URL begins with. */
export function listenForUpgrades(server: Server, handlers: Readonly<Record<string, UpgradeHandler>>): Upgrades {
  const open = new Set<Duplex>()
  let allGone: (() => void) | undefined

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = (request.url ?? "").split("?", 1)[0] ?? ""
    const entry = Object.entries(handlers).find(([begin]) => path.startsWith(begin))
    if (request.headers.upgrade?.toLowerCase() !== "websocket") {
      if (server.listenerCount("upgrade") === 1) answerWithoutUpgrade(server, { request, socket, head })
      return
    }
    if (!entry) {
      // Somebody else of the host's may know the path.
      if (server.listenerCount("upgrade") > 1) return
      refuse(request, socket, new LiveError("NOT_FOUND", "There is no WebSocket at this path."))
      return
    }
    open.add(socket)
    // Node has let go of it, and nobody else holds it yet: an error that nobody hears would end the process.
    socket.on("error", () => socket.destroy())
    socket.once("close", () => {
      open.delete(socket)
      if (open.size === 0) allGone?.()
    })
    const [begin, handler] = entry
    void (async () => {
      try {
        await handler({ request, socket, head }, path.slice(begin.length))
      } catch (error) {
        refuse(request, socket, toLiveError(error))
      }
    })()
  }

  server.on("upgrade", onUpgrade)
  return {
    async close(graceMs) {
      server.off("upgrade", onUpgrade)
      if (open.size === 0) return
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve) => {
        allGone = resolve
        timer = setTimeout(resolve, graceMs)
      })
      clearTimeout(timer)
      for (const socket of open) socket.destroy()
    },
  }
}

function refuse(request: IncomingMessage, socket: Duplex, error: LiveError): void {
  const { status } = liveErrors[error.code]
  const text = JSON.stringify(problemBody(error, request.url ?? ""))
  socket.on("error", () => socket.destroy())
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      "Content-Type: application/problem+json",
      `Content-Length: ${Buffer.byteLength(text)}`,
      "Connection: close",
      "",
      text,
    ].join("\r\n"),
    () => socket.destroy(),
  )
}

/**
 * As soon as anybody listens for upgrades, Node hands over all of them, HTTP/2 in clear (`h2c`) too, which some clients offer
 * with every request. A server may ignore the offer: the request is read again without it.
 */
function answerWithoutUpgrade(server: Server, { request, socket, head }: Handshake): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`]
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? ""
    if (/^(upgrade|connection|http2-settings)$/i.test(name)) continue
    lines.push(`${name}: ${request.rawHeaders[index + 1]}`)
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head]))
  server.emit("connection", socket)
}
