import { connect } from "node:net"
import type { Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import type { Server } from "./server.js"
import { withoutUndefined } from "./without-undefined.js"

const answerWithinMs = 2000

/** Who has not ended TLS by then accepts us. In milliseconds. */
const contentAfterMs = 500

/**
 * What kind of port it is, by asking it: speaking TLS to a port without it, or the other way round, ends in silence or in
 * errors that say nothing of the kind. `undefined` when it does not tell.
 */
export async function probePort({ host, port, tls }: Server): Promise<"tls" | "plain" | undefined> {
  const plain = await ask(connect({ host, port }), (socket) => socket.write("PING\r\n"))
  if (plain?.data && /^[+-]/.test(plain.data)) return "plain"
  // Only whether there is TLS is asked for, and nothing is sent. A name is needed where many servers share an address.
  const servername = tls?.servername ?? (/[a-z]/i.test(host) && !host.includes(":") ? host : "")
  const encrypted = await ask(connectTls({ host, port, servername, rejectUnauthorized: false }), () => {})
  return encrypted?.secure ? "tls" : undefined
}

/**
 * Why the server ends TLS with us, if it does. It says so only after the handshake has succeeded on this side, and whoever
 * writes at that moment may be cut off before the reason is read: so this one only listens.
 */
export function whyTlsEnds({ host, port, tls = {} }: Server): Promise<unknown> {
  return new Promise((resolve) => {
    const socket = connectTls({ host, port, ...withoutUndefined(tls) })
    const answer = (error?: unknown): void => {
      resolve(error)
      socket.destroy()
    }
    socket.setTimeout(answerWithinMs, () => answer())
    socket.once("secureConnect", () => socket.setTimeout(contentAfterMs))
    socket.on("error", answer)
    socket.once("close", () => answer())
    // Without somebody who reads, an alert would not be noticed.
    socket.resume()
  })
}

function ask(socket: Socket, speak: (socket: Socket) => void): Promise<{ data?: string; secure?: true } | undefined> {
  return new Promise((resolve) => {
    const answer = (found?: { data?: string; secure?: true }): void => {
      resolve(found)
      socket.destroy()
    }
    socket.setTimeout(answerWithinMs, () => answer())
    socket.once("connect", () => speak(socket))
    socket.once("secureConnect", () => answer({ secure: true }))
    socket.once("data", (data: Buffer) => answer({ data: data.toString("latin1") }))
    // Who sends an alert speaks TLS.
    socket.once("error", ({ code = "" }: NodeJS.ErrnoException) =>
      answer(/ALERT/.test(code) ? { secure: true } : undefined),
    )
    socket.once("close", () => answer())
  })
}
