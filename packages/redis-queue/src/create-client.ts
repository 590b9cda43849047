import type { ConnectionOptions } from "node:tls"
import { Cluster, Redis } from "ioredis"
import type { RedisOptions } from "ioredis"
import type { Server } from "./server.js"
import { withoutUndefined } from "./without-undefined.js"

export type Client = Redis | Cluster

/**
 * `commands`: has to say within moments that it cannot. `worker`: BullMQ demands that its commands wait for the connection.
 * `subscriber`: listens, and subscribes again by itself.
 */
export type Purpose = "commands" | "worker" | "subscriber"

/** The longest that BullMQ blocks, in seconds. Its connection has to be silent for longer before it counts as dead. */
export const blockForSeconds = 3

/**
 * A server that owes an answer and sends nothing for this long is not there any more, whatever TCP says: behind a half-open
 * connection nobody would ever tell. In milliseconds.
 */
const silenceMs: Record<Purpose, number> = { commands: 3000, worker: 1000 * blockForSeconds + 2000, subscriber: 3000 }

export function createClient(
  server: Server,
  purpose: Purpose,
  { cluster, patient }: { cluster: boolean; patient: () => boolean },
): Client {
  const retryStrategy = (times: number): number =>
    // What only somebody else can mend is not tried many times a second.
    patient() ? 2000 : Math.min(50 * 2 ** Math.min(times - 1, 5), 1000) * (0.75 + Math.random() / 2)
  const shared = {
    username: server.username,
    password: server.password,
    tls: server.tls && (withoutUndefined(server.tls) satisfies ConnectionOptions),
    connectionName: `assay-${purpose}`,
    connectTimeout: 5000,
    // How long the other side may take to agree that the connection ends.
    disconnectTimeout: 500,
    socketTimeout: silenceMs[purpose],
    keepAlive: 5000,
    // After a failover the other end may be a replica, and the name lead to the new primary.
    reconnectOnError: (error: Error) => error.message.includes("READONLY"),
    maxRetriesPerRequest: purpose === "commands" ? 0 : null,
    // The caller was told that it failed, or asks again by itself.
    autoResendUnfulfilledCommands: purpose !== "commands",
  } satisfies RedisOptions
  const { host, port, db } = server
  return cluster
    ? new Cluster([{ host, port }], {
        redisOptions: shared,
        clusterRetryStrategy: retryStrategy,
        // Its nodes are connected to when they are needed. Without a queue, what comes meanwhile would be sent to another one.
        enableOfflineQueue: true,
        slotsRefreshTimeout: 2000,
        // As they are announced: a certificate names hosts, not the addresses behind them.
        dnsLookup: (address, done) => done(null, address),
      })
    : new Redis({ ...shared, host, port, db, retryStrategy, enableOfflineQueue: purpose !== "commands" })
}

/** ioredis would keep the process from ending for a while if what is gone were disconnected again. */
export function disconnect(client: Client): void {
  if (client.status !== "end") client.disconnect()
}
