import type { IncomingMessage } from "node:http"
import { isJobId } from "@assay/core"
import { WebSocketServer } from "ws"
import type { RawData, WebSocket } from "ws"
import { z } from "zod"
import { mustBeAllowed, refuseKeyInUrl, withKey } from "../access.js"
import type { AccessRequest, Question } from "../access.js"
import { LiveError, liveErrors, shuttingDown, toLiveError } from "../errors.js"
import type { Listening } from "../event-hub.js"
import type { LiveContext } from "../live-context.js"
import { goodbyeMs, repeatedly } from "../live-context.js"
import type { Message } from "../message.js"
import { complaintOf } from "../problem.js"
import type { Outlet, Receiver } from "../receiver.js"
import type { Handshake } from "../upgrades.js"
import { whenClosed } from "../when-closed.js"
import { numberOf } from "./server-sent-events.js"

export interface PlainWebSockets {
  /** Answers the handshake for the job whose id stands in the path. */
  handleUpgrade(handshake: Handshake, id: string): Promise<void>
}

interface Admitted {
  readonly request: IncomingMessage
  /** As it stood in the path. */
  readonly id: string
  /** `undefined` when a page has yet to send its key. */
  readonly tenant: string | undefined
}

/** How long a page may take to send its key, in milliseconds. */
const authenticateMs = 5000

const authenticateSchema = z.object({
  event: z.literal("authenticate"),
  data: z.object({ api_key: z.string() }),
})

/** `/ws/:id`: one job, each message a text `{ "event": …, "data": … }`. Rejections before the handshake are thrown. */
export function createPlainWebSockets(context: LiveContext): PlainWebSockets {
  const { hub, authorize, logger } = context
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: hub.limits.messageBytes,
    perMessageDeflate: false,
    clientTracking: true,
  })
  const silent = new WeakSet<WebSocket>()
  void repeatedly(context, hub.limits.keepAliveMs, () => {
    for (const socket of server.clients) {
      if (silent.has(socket)) socket.terminate()
      silent.add(socket)
      socket.ping()
    }
  })
  hub.closing.addEventListener("abort", () => {
    const reason = shuttingDown()
    for (const socket of server.clients) cut(socket, reason)
    server.close()
  })

  /** The tenant, or `undefined` when a page has yet to send its key. */
  async function tenantOf(request: IncomingMessage, id: string): Promise<string | undefined> {
    try {
      return await mustBeAllowed(authorize, request, questionAbout(id))
    } catch (error) {
      const { authorization, "x-api-key": key } = request.headers
      if (toLiveError(error).code === "UNAUTHENTICATED" && authorization === undefined && key === undefined)
        return undefined
      throw error
    }
  }

  /** Asks about the job itself, once it is known which one another id than its own means. */
  async function mustBeAllowedHere(request: AccessRequest, id: string, tenant: string): Promise<void> {
    const jobId = await hub.find(id, tenant)
    if (jobId !== id) await mustBeAllowed(authorize, request, { action: "job.read", jobId })
  }

  async function serve(socket: WebSocket, { request, id, tenant }: Admitted): Promise<void> {
    let listening: Listening | undefined
    socket.on("close", () => listening?.leave())
    try {
      const after = numberOf(new URLSearchParams(request.url?.split("?", 2)[1] ?? "").get("after") ?? undefined)
      const owner = tenant ?? (await authenticated(socket, request, id))
      const jobId = await hub.find(id, owner)
      listening = await hub.follow({ jobId, tenant: owner, after }, createReceiver(socket))
      if (socket.readyState !== socket.OPEN) listening.leave()
    } catch (thrown) {
      const error = toLiveError(thrown)
      if (error.code === "INTERNAL") logger.error({ error: thrown, id }, "a WebSocket could not be served")
      if (socket.readyState === socket.OPEN) {
        socket.send(encode({ event: "join_error", data: { ...complaintOf(error), project_id: id } }))
      }
      end(socket, liveErrors[error.code].closeCode, error.code)
    }
  }

  async function authenticated(socket: WebSocket, request: IncomingMessage, id: string): Promise<string> {
    const text = await firstMessage(socket, authenticateMs)
    const message = authenticateSchema.safeParse(text === undefined ? undefined : parseJson(text))
    if (!message.success) {
      throw new LiveError("UNAUTHENTICATED", "This needs an API key.", {
        hint: 'Send it in a header, or as the first message: {"event":"authenticate","data":{"api_key":"<key>"}}',
      })
    }
    const signed = withKey(request, message.data.data.api_key)
    const tenant = await mustBeAllowed(authorize, signed, questionAbout(id))
    await mustBeAllowedHere(signed, id, tenant)
    return tenant
  }

  return {
    async handleUpgrade({ request, socket, head }, id) {
      refuseKeyInUrl(request.url ?? "")
      const tenant = await tenantOf(request, id)
      // Said before there is a connection, to who may know it.
      if (tenant !== undefined) await mustBeAllowedHere(request, id, tenant)
      const disconnect = hub.connect("websocket")
      whenClosed(socket, disconnect)
      server.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.on("error", () => webSocket.terminate())
        webSocket.on("pong", () => silent.delete(webSocket))
        void serve(webSocket, { request, id, tenant })
      })
    },
  }
}

/** What is asked before another id than a job's own is looked up. */
function questionAbout(id: string): Question {
  return { action: "job.read", ...(isJobId(id) && { jobId: id }) }
}

const outlet: Outlet = {
  send(to, message) {
    const bytes = Buffer.from(encode(message))
    for (const receiver of to) (receiver as WebSocketReceiver).socket.send(bytes, { binary: false }, ignoreLateFailure)
  },
}

interface WebSocketReceiver extends Receiver {
  readonly socket: WebSocket
}

function createReceiver(socket: WebSocket): WebSocketReceiver {
  return {
    outlet,
    onlyEvents: false,
    socket,
    waitingBytes: () => socket.bufferedAmount,
    finished: () => end(socket, 1000, "finished"),
    cut: (reason) => cut(socket, reason),
  }
}

function cut(socket: WebSocket, reason: LiveError): void {
  if (socket.readyState !== socket.OPEN) return
  socket.send(encode({ event: "goodbye", data: complaintOf(reason) }), ignoreLateFailure)
  end(socket, liveErrors[reason.code].closeCode, reason.code)
}

function end(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason)
  setTimeout(() => socket.terminate(), goodbyeMs).unref()
}

function encode({ event, data }: Message): string {
  return JSON.stringify({ event, data })
}

// A connection that is gone says so by its close event.
function ignoreLateFailure(): void {}

async function firstMessage(socket: WebSocket, withinMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const done = (data?: RawData): void => {
      clearTimeout(timer)
      socket.off("message", done)
      socket.off("close", gone)
      resolve(data === undefined ? undefined : String(data))
    }
    const gone = (): void => done()
    const timer = setTimeout(gone, withinMs)
    socket.once("message", done)
    socket.once("close", gone)
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
