// A process that serves live events, of the database whose address it is given.
import * as postgres from "#postgres"
import { createEventHub, wsAdapter } from "#ws-adapter"
import { Fastify } from "./dependencies.mjs"

const database = await postgres.openDatabase(process.argv[2] ?? "")
const { store, notifier } = await postgres.openJobParts(database)
const hub = createEventHub({ reader: store, notifier })
const app = Fastify()
await app.register(wsAdapter, { hub, authorize: () => ({ allowed: true, tenant: "default" }) })
await app.listen({ host: "127.0.0.1", port: 0 })

process.on("message", async (/** @type {{ what: string }} */ { what }) => {
  if (what === "listen") process.send?.(app.server.address().port)
  if (what === "megabytes") {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 500))
    process.send?.(process.memoryUsage.rss() / 2 ** 20)
  }
})
