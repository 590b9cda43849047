import { silentLogger, systemClock } from "@assay/core"
import type { Clock, Logger } from "@assay/core"
import type { FastifyPluginAsync } from "fastify"
import { mustBeAllowed } from "./access.js"
import type { Authorize } from "./access.js"
import { describeEvents } from "./asyncapi.js"
import type { EventHub } from "./event-hub.js"
import type { LiveContext } from "./live-context.js"
import { goodbyeMs } from "./live-context.js"
import { addErrorHandler } from "./problem.js"
import { createPlainWebSockets } from "./transports/plain-websocket.js"
import { addServerSentEvents } from "./transports/server-sent-events.js"
import { createSocketIo } from "./transports/socket-io.js"
import { listenForUpgrades } from "./upgrades.js"

export interface WsAdapterOptions {
  /** Made by `createEventHub`. It is closed with the server. */
  hub: EventHub
  /** Decides about every connection and every join. `createAuthorize` of `@assay/http-adapter` makes one. */
  authorize: Authorize
  /** Origins of web pages that may use Socket.IO's polling and the event streams from a browser; `*` means all. Default: none. */
  corsOrigins?: readonly string[]
  /** Of the service, for the description. Default `"0.0.0"`. */
  version?: string
  clock?: Clock
  logger?: Logger
}

/**
 * Serves live events: Socket.IO at `/socket.io/`, a plain WebSocket at `/ws/:id`, Server-Sent Events at `/api/v1/events` and
 * `/api/v1/jobs/:id/events`, and their description at `/asyncapi.json`. A plain Fastify plugin: `prefix` puts all of it under
 * a path, and closing the server ends every connection within a second.
 */
export const wsAdapter: FastifyPluginAsync<WsAdapterOptions> = async (app, options) => {
  const { hub, authorize, corsOrigins = [], version = "0.0.0", clock = systemClock, logger = silentLogger } = options
  const context: LiveContext = { hub, authorize, corsOrigins, clock, logger }
  const { prefix } = app

  addErrorHandler(app, logger)
  addServerSentEvents(app, context)
  app.get("/asyncapi.json", async (request) => {
    await mustBeAllowed(authorize, request.raw, { action: "meta.read" })
    return describeEvents({ version, prefix })
  })

  const socketIo = createSocketIo(context)
  app.route({
    method: ["GET", "POST", "OPTIONS"],
    url: "/socket.io/*",
    // Before Fastify reads the body: Engine.IO reads it itself.
    onRequest: async (request, reply) => {
      reply.hijack()
      socketIo.handleRequest(request.raw, reply.raw)
    },
    handler: async () => {},
  })

  const webSockets = createPlainWebSockets(context)
  const upgrades = listenForUpgrades(app.server, {
    [`${prefix}/socket.io/`]: (handshake) => socketIo.handleUpgrade(handshake),
    [`${prefix}/ws/`]: (handshake, id) => webSockets.handleUpgrade(handshake, id),
  })

  // Fastify waits for open connections before its onClose hooks: what never ends by itself is ended here.
  app.addHook("preClose", async () => {
    await hub.close()
    await upgrades.close(goodbyeMs + 200)
  })
}
