import { setTimeout as sleep } from "node:timers/promises"
import { AssayError, isJobId, silentLogger } from "@assay/core"
import type { Logger, Notification, NotificationFilter, Notifier } from "@assay/core"
import type { Client } from "./create-client.js"
import { lineOf } from "./line.js"
import { reasonOf } from "./map-error.js"
import type { RedisConnection } from "./redis-connection.js"
import { replyWithin } from "./reply-within.js"

export interface RedisNotifierOptions {
  /** Stays the caller's to close, after the notifier. */
  readonly connection: RedisConnection
  /** Notifiers that have the same prefix, on the same database of a server or cluster, hear each other. @default "assay" */
  readonly prefix?: string
  /** Hears of listeners that throw. Default: nobody does. */
  readonly logger?: Logger
}

/** How often the connection that listens is asked for a sign of life, in milliseconds. */
const pingEveryMs = 5000

/**
 * How long `subscribe` waits for its subscription to stand. While Redis cannot be reached it stands as soon as that is
 * over: whoever starts meanwhile has to start.
 */
const standWithinMs = 1000

/** A cluster refuses to listen while it looks for a node to do it. In milliseconds. */
const tryAgainMs = 200

/**
 * A cluster would take each message through any of its nodes, where one may overtake another. The key, which is not touched,
 * makes it always the same node.
 */
const publishScript = "return redis.call('publish', ARGV[1], ARGV[2])"

/** Tells all processes on the same Redis, by publish and subscribe. Nothing is kept there. */
export function createRedisNotifier(options: RedisNotifierOptions): Notifier {
  const { connection, prefix = "assay", logger = silentLogger } = options
  const line = lineOf(connection)
  // Databases do not divide channels.
  const channel = `${prefix}:${line.server.db}:notifications`
  const subscribers = new Set<Subscriber>()
  const ended = new AbortController()
  let listening: Promise<void> | undefined
  let ear: Client | undefined
  let pinging: NodeJS.Timeout | undefined

  const assertOpen = (): void => {
    if (ended.signal.aborted) throw new AssayError("CLOSED", "The notifier is closed.")
  }

  function hear(payload: string): void {
    for (const notification of payload.split("\n").flatMap((text) => parse(text) ?? [])) {
      for (const { filter, listener } of [...subscribers]) {
        if (!matches(notification, filter)) continue
        try {
          listener(notification)
        } catch (error) {
          logger.error({ error }, "a listener of notifications threw")
        }
      }
    }
  }

  async function listen(): Promise<void> {
    const client = await line.dedicate("subscriber", ended.signal)
    ear = client
    client.on("message", (_, payload: string) => hear(payload))
    // A half-open connection tells nothing, and says nothing of it: only an answer that does not come gives it away.
    pinging = setInterval(() => {
      if (client.status === "ready") client.ping().catch(() => {})
    }, pingEveryMs).unref()
    for (;;) {
      try {
        await client.subscribe(channel)
        return
      } catch (error) {
        logger.debug({ reason: reasonOf(error) }, "could not subscribe to notifications yet")
        await sleep(tryAgainMs, undefined, { ref: false, signal: ended.signal })
      }
    }
  }

  return {
    name: "redis",
    async publish(notifications) {
      assertOpen()
      if (notifications.length === 0) return
      const payload = notifications.map(({ kind, jobId, number }) => `${kind} ${jobId} ${number}`).join("\n")
      await line.command((client) =>
        client.isCluster
          ? (client.eval(publishScript, 1, `{${prefix}}:notifications`, channel, payload) as Promise<unknown>)
          : client.publish(channel, payload),
      )
    },
    async subscribe(filter, listener) {
      assertOpen()
      const subscriber = { filter, listener }
      subscribers.add(subscriber)
      listening ??= listen()
      try {
        await replyWithin(standWithinMs, listening)
      } catch (error) {
        if (!AssayError.isInstance(error) || error.code !== "UNAVAILABLE") throw error
        logger.warn({ reason: error.message }, "notifications will be heard as soon as Redis can be reached")
      }
      return {
        async close() {
          subscribers.delete(subscriber)
        },
      }
    },
    async close() {
      ended.abort()
      clearInterval(pinging)
      subscribers.clear()
      ear?.disconnect()
    },
  }
}

interface Subscriber {
  readonly filter: NotificationFilter
  readonly listener: (notification: Notification) => void
}

/** `undefined` for what somebody else says on this channel. */
function parse(text: string): Notification | undefined {
  const [kind, jobId = "", number] = text.split(" ")
  if ((kind !== "event" && kind !== "progress" && kind !== "cancel") || !isJobId(jobId)) return undefined
  return { kind, jobId, number: Number(number) }
}

function matches(notification: Notification, filter: NotificationFilter): boolean {
  return (
    (filter.kind === undefined || filter.kind === notification.kind) &&
    (filter.jobId === undefined || filter.jobId === notification.jobId)
  )
}
