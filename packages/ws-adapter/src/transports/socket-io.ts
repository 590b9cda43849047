import type { IncomingMessage, ServerResponse } from "node:http"
import { isJobId } from "@assay/core"
import type { JobId } from "@assay/core"
import { Server as Engine } from "engine.io"
import { Server } from "socket.io"
import type { Socket } from "socket.io"
import { mustBeAllowed, refuseKeyInUrl, withKey } from "../access.js"
import type { AccessRequest } from "../access.js"
import { LiveError, shuttingDown, toLiveError } from "../errors.js"
import type { Listening } from "../event-hub.js"
import { joinOptionsSchema } from "../event-map.js"
import type { AnswerJoin, ClientToServerEvents, ServerToClientEvents } from "../event-map.js"
import { goodbyeMs } from "../live-context.js"
import type { LiveContext } from "../live-context.js"
import { complaintOf } from "../problem.js"
import type { Outlet, Receiver } from "../receiver.js"
import type { Handshake } from "../upgrades.js"

export interface SocketIo {
  /** Answers a request of the polling transport. */
  handleRequest(request: IncomingMessage, response: ServerResponse): void
  handleUpgrade(handshake: Handshake): void
}

type OurSocket = Socket<ClientToServerEvents, ServerToClientEvents>
type Connection = OurSocket["conn"]

const connectMs = 10_000

/** Socket.IO as the older service's clients use it: `join_project`, then `status_update` and what comes of it. */
export function createSocketIo(context: LiveContext): SocketIo {
  const { hub, authorize, corsOrigins, logger } = context
  const { limits } = hub
  const engine = new Engine({
    transports: ["polling", "websocket"],
    pingInterval: limits.keepAliveMs,
    pingTimeout: 20_000,
    maxHttpBufferSize: limits.messageBytes,
    perMessageDeflate: false,
    httpCompression: false,
    ...(corsOrigins.length === 0 ? {} : { cors: { origin: corsOrigins.includes("*") ? "*" : [...corsOrigins] } }),
    allowRequest: (request, answer) => {
      admit(request).then(
        () => answer(null, true),
        (error: unknown) => answer(toLiveError(error).message, false),
      )
    },
  })
  const io = new Server<ClientToServerEvents, ServerToClientEvents>({ connectTimeout: connectMs, serveClient: false })
  io.bind(engine)

  engine.on("connection", (connection: Connection) => {
    try {
      connection.on("close", hub.connect("socket.io"))
    } catch {
      connection.close(true)
    }
  })

  /** Host and Origin are looked at before there is a connection; keys may come with it. */
  async function admit(request: IncomingMessage): Promise<void> {
    refuseKeyInUrl(request.url ?? "")
    await mustBeAllowed(authorize, request, { action: "meta.read" })
  }

  io.use((socket, next) => {
    mustBeAllowed(authorize, accessOf(socket), { action: "job.read" }).then(
      () => next(),
      (thrown: unknown) => {
        const error = toLiveError(thrown)
        next(Object.assign(new Error(error.message), { data: complaintOf(error) }))
      },
    )
  })

  io.on("connection", (socket) => {
    const joined = new Map<string, Listening>()
    // Joins of one connection happen one after the other, so that joining twice is joining once.
    let turn: Promise<void> = Promise.resolve()

    async function join(projectId: unknown, options: unknown, answer: AnswerJoin | undefined): Promise<void> {
      try {
        const { job, position } = await enter(projectId, options)
        answer?.({ ok: true, project_id: job.id, state: job.state, seq: position })
      } catch (thrown) {
        const error = toLiveError(thrown)
        if (error.code === "INTERNAL") logger.error({ error: thrown }, "a join failed unexpectedly")
        const { timestamp, ...complaint } = complaintOf(error)
        answer?.({ ok: false, ...complaint })
        const given = typeof projectId === "string" ? projectId.slice(0, 100) : ""
        socket.emit("join_error", { ...complaint, timestamp, project_id: given })
      }
    }

    async function enter(projectId: unknown, options: unknown): Promise<Listening> {
      const parsed = joinOptionsSchema.safeParse(options ?? {})
      if (typeof projectId !== "string" || !parsed.success) {
        throw new LiveError("MALFORMED_MESSAGE", "That is not how a project is joined.", {
          hint: 'socket.emit("join_project", "<project id>") or, to go on after an event, socket.emit("join_project", "<project id>", { after: 12 })',
        })
      }
      const jobId = await jobOf(projectId)
      const tenant = await mustBeAllowed(authorize, accessOf(socket), { action: "job.read", jobId })
      if (!joined.has(jobId) && joined.size >= limits.joined) {
        throw new LiveError("TOO_MANY_JOINED", `One connection may join ${limits.joined} jobs.`, {
          hint: "Leave those that you no longer need: leave_project.",
        })
      }
      const { after, only } = parsed.data
      const receiver = createReceiver(socket, only === "event")
      const existing = joined.get(jobId)
      if (existing && after === undefined) return { ...existing, job: await hub.greet(jobId, tenant, receiver) }
      existing?.leave()
      joined.delete(jobId)
      const listening = await hub.follow({ jobId, tenant, after }, receiver)
      if (socket.connected) joined.set(jobId, listening)
      else listening.leave()
      return listening
    }

    /** Nobody is asked about another id than a job's own before it is known that this one may read jobs. */
    async function jobOf(id: string): Promise<JobId> {
      return isJobId(id) ? id : hub.find(id, await mustBeAllowed(authorize, accessOf(socket), { action: "job.read" }))
    }

    socket.on("join_project", (projectId, ...rest: unknown[]) => {
      const answer = rest.find((value) => typeof value === "function") as AnswerJoin | undefined
      const options = rest.find((value) => typeof value !== "function")
      turn = turn.then(() => join(projectId, options, answer))
    })
    socket.on("leave_project", (projectId) => {
      turn = turn.then(async () => {
        const jobId = await jobOf(String(projectId)).catch(() => "")
        joined.get(jobId)?.leave()
        joined.delete(jobId)
      })
    })
    socket.on("disconnect", () => {
      for (const listening of joined.values()) listening.leave()
      joined.clear()
    })
  })

  const outlet: Outlet = {
    send(to, { event, data }) {
      const sockets = to.map((receiver) => (receiver as SocketReceiver).id)
      // To these sockets and not to a room: who gets what is decided by how far each of them is.
      io.to(sockets).emit(event, data as never)
    },
  }

  function createReceiver(socket: OurSocket, onlyEvents: boolean): SocketReceiver {
    return {
      outlet,
      onlyEvents,
      id: socket.id,
      waitingBytes: () => waitingBytes(socket.conn),
      finished() {},
      cut(reason) {
        socket.emit("goodbye", complaintOf(reason))
        // Not `disconnect()`: a client that is disconnected by the server does not connect again by itself.
        socket.conn.close()
        setTimeout(() => insideOf(socket.conn).transport.socket?.terminate(), goodbyeMs).unref()
      },
    }
  }

  hub.closing.addEventListener("abort", () => {
    const reason = shuttingDown()
    io.emit("goodbye", complaintOf(reason))
    void io.close()
  })

  return {
    handleRequest: (request, response) => engine.handleRequest(request as never, response),
    handleUpgrade: ({ request, socket, head }) => engine.handleUpgrade(request as never, socket, head),
  }
}

interface SocketReceiver extends Receiver {
  readonly id: string
}

/** The request that began the connection, with the key that came in `auth`. */
function accessOf(socket: OurSocket): AccessRequest {
  const { apiKey, api_key: snakeKey, token } = socket.handshake.auth as Record<string, unknown>
  return withKey(socket.request, apiKey ?? snakeKey ?? token)
}

/** What Engine.IO keeps to itself: packets that wait for the transport, and the transport's WebSocket, if it is one. */
interface InsideOfConnection {
  readonly writeBuffer: readonly { readonly data?: string | Buffer }[]
  readonly transport: { readonly socket?: { readonly bufferedAmount: number; terminate: () => void } }
}

function insideOf(connection: Connection): InsideOfConnection {
  return connection as unknown as InsideOfConnection
}

function waitingBytes(connection: Connection): number {
  const { writeBuffer, transport } = insideOf(connection)
  let bytes = transport.socket?.bufferedAmount ?? 0
  for (const { data } of writeBuffer) bytes += data?.length ?? 0
  return bytes
}
