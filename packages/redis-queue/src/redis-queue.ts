import { AssayError, silentLogger } from "@assay/core"
import type { Logger, Queue } from "@assay/core"
import { Queue as BullQueue } from "bullmq"
import type { Client } from "./create-client.js"
import { lineOf } from "./line.js"
import { reasonOf } from "./map-error.js"
import type { RedisConnection } from "./redis-connection.js"
import { openConsumer } from "./redis-consumer.js"
import type { RedisConsumer } from "./redis-consumer.js"
import { toRing } from "./ring.js"
import { createStoreMark } from "./store-mark.js"

export interface RedisQueueOptions {
  /** Stays the caller's to close, after the queue. */
  readonly connection: RedisConnection
  /** Queues of one database that have the same name and prefix are one bell. Without `:`. */
  readonly name: string
  /** Every key begins with it, in braces, so that the keys of a queue are on one node of a cluster. @default "assay" */
  readonly prefix?: string
  /** Hears of handlers that reject, of foreign messages, and of workers that had to be built again. Default: nobody does. */
  readonly logger?: Logger
}

/** How often it is seen to that the keys and the workers are as they should be, in milliseconds. */
const lookEveryMs = 2000

/** More than this at once would take longer than an answer may. */
const batchSize = 500

/**
 * A bell for all processes on the same Redis. Rings wait there until they are heard, one per job, across restarts of all
 * processes. What can be lost with Redis, the store rings for again.
 *
 * `bind` and `consume` do not wait for a server that cannot be reached: they take effect as soon as it can.
 */
export function createRedisQueue(options: RedisQueueOptions): Queue {
  const { connection, logger = silentLogger } = options
  const line = lineOf(connection)
  const bell = { name: checkName(options.name), prefix: toPrefix(options.prefix ?? "assay") }
  const mark = createStoreMark(line, `${bell.prefix}:${bell.name}:store`)
  const consumers = new Set<RedisConsumer>()
  const restoredListeners = new Set<() => void>()
  let bull: { client: Client; queue: BullQueue } | undefined
  let blind = false
  let closing: Promise<void> | undefined

  const assertOpen = (): void => {
    if (closing) throw new AssayError("CLOSED", "The queue is closed.")
  }

  function bullQueue(client: Client): BullQueue {
    if (bull?.client === client) return bull.queue
    const queue = new BullQueue(bell.name, {
      connection: client,
      prefix: bell.prefix,
      skipVersionCheck: true,
      // Nobody reads them; BullMQ writes them in any case.
      streams: { events: { maxLen: 100 } },
      defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
    })
    queue.on("error", (error) => logger.debug({ reason: reasonOf(error) }, "the queue of BullMQ reports an error"))
    // One that could not begin never will.
    queue.waitUntilReady().catch(() => {
      if (bull?.queue === queue) bull = undefined
    })
    bull = { client, queue }
    return queue
  }

  const ask = <Answer>(run: (queue: BullQueue) => Promise<Answer>): Promise<Answer> => {
    assertOpen()
    return line.command((client) => run(bullQueue(client)))
  }

  const depth = (): Promise<number> => ask((queue) => queue.getJobCountByTypes("wait", "prioritized"))

  function restored(): void {
    blind = false
    for (const listener of [...restoredListeners]) listener()
  }

  async function look(): Promise<void> {
    try {
      const flushed = await mark.renew()
      if (consumers.size > 0) {
        // Whoever looks at the queue with BullMQ's own tools may have paused it there.
        const [waiting, paused] = await Promise.all([depth(), ask((queue) => queue.isPaused())])
        for (const consumer of consumers) consumer.look(paused ? 0 : waiting)
      }
      if (flushed) logger.warn({ queue: bell.name }, "Redis has lost its keys; everything is rung for again")
      if (flushed || blind) restored()
    } catch (error) {
      blind = true
      if (!AssayError.isInstance(error)) return
      // Nothing can be heard any more without the connection.
      if (error.code === "CLOSED") void queue.close()
      if (error.code === "QUEUE_MISMATCH")
        logger.error({ queue: bell.name }, "the queue rings for another store by now, and is not rung any more")
    }
  }

  async function lookAgain(): Promise<void> {
    await look()
    if (!closing) timer = setTimeout(() => void lookAgain(), lookEveryMs).unref()
  }
  let timer = setTimeout(() => void lookAgain(), lookEveryMs).unref()

  const forgetConnection = connection.onRestored(() => {
    restored()
    void look()
  })

  async function close(): Promise<void> {
    clearTimeout(timer)
    forgetConnection()
    await Promise.all([...consumers].map((consumer) => consumer.stop()))
    await bull?.queue.close()
  }

  const queue: Queue = {
    name: "redis",
    durable: true,

    async bind(storeIdentity) {
      assertOpen()
      try {
        await mark.set(storeIdentity)
      } catch (error) {
        if (!AssayError.isInstance(error) || error.code !== "UNAVAILABLE") throw error
        logger.warn({ queue: bell.name, reason: error.message }, "the store is noted as soon as Redis can be reached")
      }
    },

    async publish(hints) {
      assertOpen()
      mark.assertOurs()
      for (let start = 0; start < hints.length; start += batchSize) {
        const rings = hints.slice(start, start + batchSize).map(toRing)
        await ask((queue) => queue.addBulk(rings))
      }
    },

    async consume(handle, consumeOptions) {
      assertOpen()
      const consumer = openConsumer({ ...consumeOptions, line, bell, logger, handle })
      consumers.add(consumer)
      return {
        async stop() {
          await consumer.stop()
          consumers.delete(consumer)
        },
      }
    },

    depth,

    onRestored(listener) {
      const own = (): void => listener()
      restoredListeners.add(own)
      return () => void restoredListeners.delete(own)
    },

    close: () => (closing ??= close()),
  }
  return queue
}

function checkName(name: string): string {
  if (/^[^:{}\s]+$/.test(name)) return name
  throw new TypeError("The name of a Redis queue may hold neither colons nor braces nor spaces.")
}

function toPrefix(prefix: string): string {
  if (/^[^{}\s]+$/.test(prefix)) return `{${prefix}}`
  throw new TypeError("The prefix of a Redis queue may hold neither braces nor spaces.")
}
