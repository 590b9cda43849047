import { AssayError, silentLogger } from "@assay/core"
import type { RedisConnectionOptions } from "./connection-options.js"
import { createClient, disconnect } from "./create-client.js"
import type { Client } from "./create-client.js"
import { keepLine } from "./line.js"
import { createMainClient } from "./main-client.js"
import { unavailable } from "./map-error.js"
import type { RedisConnection } from "./redis-connection.js"
import { replyWithin } from "./reply-within.js"
import { readServer } from "./server.js"

/**
 * How long a command may wait: for a connection that is being made, and then for its answer. Whoever publishes has
 * somebody waiting, and loses nothing by giving up.
 */
const patienceMs = 400

/**
 * Opens a connection without waiting for it, so that a process can start while Redis is down. Throws `INVALID_INPUT` for
 * options that can never work.
 */
export function openRedis(options: RedisConnectionOptions = {}): RedisConnection {
  const server = readServer(options)
  const main = createMainClient(server, options.logger ?? silentLogger)
  const dedicated = new Set<Client>()
  let closing: Promise<void> | undefined

  async function commandClient(): Promise<Client> {
    try {
      return main.connected ?? (await main.ready(AbortSignal.timeout(patienceMs), "any problem"))
    } catch (error) {
      throw unavailable(error, server)
    }
  }

  async function close(): Promise<void> {
    main.close()
    for (const client of dedicated) disconnect(client)
  }

  const connection: RedisConnection = {
    get cluster() {
      return main.cluster
    },
    get connected() {
      return main.connected !== undefined
    },
    async ready({ signal, timeoutMs = 10_000 } = {}) {
      const time = AbortSignal.timeout(timeoutMs)
      try {
        await main.ready(signal ? AbortSignal.any([signal, time]) : time, "lasting problems")
      } catch (error) {
        if (signal?.aborted) throw new AssayError("ABORTED", "The wait for Redis was ended.", { cause: signal.reason })
        throw error
      }
    },
    onRestored: main.onRestored,
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => connection.close(),
  }
  return keepLine(connection, {
    server,
    async command(run) {
      const client = await commandClient()
      try {
        return await replyWithin(patienceMs, run(client))
      } catch (error) {
        throw unavailable(error, server)
      }
    },
    async dedicate(purpose, signal) {
      const first = await main.ready(signal, "none")
      const client = createClient(server, purpose, { cluster: first.isCluster, patient: () => false })
      // A client without such a listener would end the process. What is wrong, the main client has noticed as well.
      client.on("error", () => {})
      dedicated.add(client)
      client.once("end", () => dedicated.delete(client))
      return client
    },
  })
}
