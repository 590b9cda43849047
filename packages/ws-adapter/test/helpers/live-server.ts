import type { AddressInfo } from "node:net"
import { createMemoryJobStore, createMemoryNotifier, createMemoryQueue, createRuntime, defineJob } from "@assay/core"
import type { HandlerContext, JobReader, JobStore, Notifier, Queue, Runtime } from "@assay/core"
import { createAuthorize } from "@assay/http-adapter"
import type { AccessOptions } from "@assay/http-adapter"
import Fastify from "fastify"
import type { FastifyInstance } from "fastify"
import { z } from "zod"
import { createEventHub, wsAdapter } from "../../src/index.js"
import type { EventHub, EventHubOptions, WsAdapterOptions } from "../../src/index.js"

export const analyze = defineJob({
  type: "repository.analyze",
  input: z.object({ repo: z.string() }),
  result: z.unknown(),
  attempts: 2,
  backoff: { baseMs: 1, maxMs: 1 },
})

export type Work = (context: HandlerContext<{ repo: string }, unknown>) => Promise<unknown>

export interface Parts {
  readonly store: JobStore & JobReader
  readonly queue: Queue
  readonly notifier: Notifier
}

export interface LiveServerOptions extends Partial<WsAdapterOptions> {
  parts?: Parts
  access?: AccessOptions
  hubOptions?: Partial<EventHubOptions>
  prefix?: string
  port?: number
  /** Added to the server first: routes of a host. */
  host?: (app: FastifyInstance) => void
}

export interface LiveServer {
  readonly app: FastifyInstance
  readonly hub: EventHub
  readonly runtime: Runtime
  readonly parts: Parts
  /** `127.0.0.1:port` */
  readonly host: string
  readonly url: string
  /** Lets jobs run, with this handler. */
  work(handler: Work): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export function memoryParts(): Parts {
  return { store: createMemoryJobStore(), queue: createMemoryQueue(), notifier: createMemoryNotifier() }
}

/** A server with the adapter on it, over a runtime in memory unless other parts are given. */
export async function startLiveServer(options: LiveServerOptions = {}): Promise<LiveServer> {
  const { parts = memoryParts(), access = {}, hubOptions, prefix = "", port = 0, host, ...adapterOptions } = options
  const { store, queue, notifier } = parts
  const runtime = createRuntime({ store, queue, notifier })
  const hub = createEventHub({ reader: store, notifier, ...hubOptions })
  const app = Fastify({ forceCloseConnections: "idle" })
  host?.(app)
  await app.register(wsAdapter, { hub, authorize: createAuthorize(access), prefix, ...adapterOptions })
  await app.listen({ host: "127.0.0.1", port })
  const address = `127.0.0.1:${(app.server.address() as AddressInfo).port}`
  return {
    ...{ app, hub, runtime, parts },
    host: address,
    url: `http://${address}${prefix}`,
    async work(handler) {
      runtime.worker.handle(analyze, handler)
      await runtime.start()
    },
    async [Symbol.asyncDispose]() {
      await app.close()
      await runtime.stop({ graceMs: 0 })
    },
  }
}
