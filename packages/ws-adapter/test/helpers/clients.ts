import { io } from "socket.io-client"
import type { ManagerOptions, Socket, SocketOptions } from "socket.io-client"
import { WebSocket } from "ws"
import type { ClientOptions } from "ws"
import type { ClientToServerEvents, EventEnvelope, Message, ServerToClientEvents } from "../../src/index.js"

export type ClientSocket = Socket<ServerToClientEvents, ClientToServerEvents>

export interface SocketIoClient {
  readonly socket: ClientSocket
  /** Everything that was heard, in order. */
  readonly heard: Message[]
  readonly envelopes: () => EventEnvelope[]
  [Symbol.dispose](): void
}

export function socketIoClient(url: string, options: Partial<ManagerOptions & SocketOptions> = {}): SocketIoClient {
  const socket: ClientSocket = io(url, { forceNew: true, reconnectionDelay: 20, reconnectionDelayMax: 50, ...options })
  const heard: Message[] = []
  socket.onAny((event: Message["event"], data: unknown) => heard.push({ event, data } as Message))
  return { socket, heard, envelopes: () => envelopesOf(heard), [Symbol.dispose]: () => void socket.disconnect() }
}

export interface WebSocketClient {
  readonly socket: WebSocket
  readonly heard: Message[]
  readonly envelopes: () => EventEnvelope[]
  readonly closed: Promise<{ code: number; reason: string }>
  /** The status of the answer, when the handshake was refused. */
  readonly refused: Promise<{ status: number; body: string }>
  [Symbol.dispose](): void
}

export function webSocketClient(url: string, options: ClientOptions = {}): WebSocketClient {
  const socket = new WebSocket(url, options)
  const heard: Message[] = []
  socket.on("message", (data) => heard.push(JSON.parse(String(data)) as Message))
  socket.on("error", () => {})
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on("close", (code, reason) => resolve({ code, reason: String(reason) }))
  })
  const refused = new Promise<{ status: number; body: string }>((resolve) => {
    socket.on("unexpected-response", (_request, response) => {
      let body = ""
      response.on("data", (chunk) => (body += String(chunk)))
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, body })
        // Whoever looks at the answer has to end the attempt.
        socket.terminate()
      })
    })
  })
  return {
    ...{ socket, heard, closed, refused },
    envelopes: () => envelopesOf(heard),
    [Symbol.dispose]: () => socket.terminate(),
  }
}

function envelopesOf(heard: readonly Message[]): EventEnvelope[] {
  return heard.flatMap((message) => (message.event === "event" ? [message.data] : []))
}
