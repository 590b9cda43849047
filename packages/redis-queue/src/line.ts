import type { Client, Purpose } from "./create-client.js"
import type { RedisConnection } from "./redis-connection.js"
import type { Server } from "./server.js"

/** What queues and notifiers need of a connection, and nobody else. */
export interface Line {
  readonly server: Server
  /** Rejects with `UNAVAILABLE` within moments when it cannot be done now; it may have been done all the same. */
  command<Answer>(run: (client: Client) => Promise<Answer>): Promise<Answer>
  /**
   * A client of one's own, to be disconnected by whoever asked for it, at the latest by `close`. Waits, until the signal
   * aborts, for a server whose kind is not known yet.
   */
  dedicate(purpose: Purpose, signal: AbortSignal): Promise<Client>
}

const lines = new WeakMap<RedisConnection, Line>()

export function keepLine(connection: RedisConnection, line: Line): RedisConnection {
  lines.set(connection, line)
  return connection
}

export function lineOf(connection: RedisConnection): Line {
  const line = lines.get(connection)
  if (!line) throw new TypeError("The connection was not made by openRedis.")
  return line
}
