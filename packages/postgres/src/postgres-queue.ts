import { AssayError, createMemoryQueue, isJobId, silentLogger } from "@assay/core"
import type { Hint, Logger, Queue } from "@assay/core"
import type { Listening, PostgresDatabase } from "./database.js"

export interface PostgresQueueOptions {
  /** Migrated with `postgresMigrations`. Stays the caller's to close. */
  database: PostgresDatabase
  /** Queues of one database that have the same name are one bell. @default "default" */
  name?: string
  /** Hears of handlers that reject. Default: nobody does. */
  logger?: Logger
}

/** More than this are not kept: the store knows all jobs, and the sweep rings again for those nobody was told of. */
const mostRings = 100_000

/**
 * A bell for all processes on the same database, by LISTEN and NOTIFY. Every process that consumes hears every ring; whoever
 * claims first has the job, and the others find nothing. Rings are not kept for a process that is not there, so it is
 * not durable: the sweep rings again for what was missed.
 */
export function createPostgresQueue(options: PostgresQueueOptions): Queue {
  const { database, name = "default", logger = silentLogger } = options
  const channel = `assay.queue.${name}`
  /** What this process heard, until one of its consumers takes it. */
  const heard = createMemoryQueue({ logger, mostRings })
  const restoredListeners = new Set<() => void>()
  let listening: Promise<Listening> | undefined
  let consumes = false
  let closed = false

  const assertOpen = (): void => {
    if (closed) throw new AssayError("CLOSED", "The queue is closed.")
  }

  function hear(payload: string): void {
    if (closed || !consumes) return
    // A process that has never consumed has nobody to keep them for.
    void heard.publish(payload.split("\n").flatMap(parseHint))
  }

  function restored(): void {
    for (const listener of restoredListeners) listener()
  }

  /** Begun by whoever is the first to need it; one that failed is begun again by the next. */
  async function listen(): Promise<void> {
    listening ??= database.listen(channel, hear, { onRestored: restored })
    try {
      await listening
    } catch (error) {
      listening = undefined
      throw error
    }
  }

  return {
    name: "postgres",
    durable: false,

    async bind(storeIdentity) {
      assertOpen()
      const [row] = await database.query<{ store: string }>(
        `insert into assay.queues as queues (name, store) values ($1, $2)
        on conflict (name) do update set store = coalesce(queues.store, excluded.store) returning store`,
        [name, storeIdentity],
      )
      if (row?.store === storeIdentity) return
      throw new AssayError("QUEUE_MISMATCH", "The queue rings for another store than the one it was given.")
    },

    async publish(hints) {
      assertOpen()
      await database.notify(
        channel,
        hints.map(({ jobId, priority }) => `${jobId} ${priority}`),
      )
    },

    async consume(handle, consumeOptions) {
      assertOpen()
      await listen()
      consumes = true
      return heard.consume(handle, consumeOptions)
    },

    depth: () => heard.depth(),

    onRestored(listener) {
      restoredListeners.add(listener)
      return () => void restoredListeners.delete(listener)
    },

    async close() {
      closed = true
      await heard.close()
      await (await listening?.catch(() => undefined))?.close()
    },
  }
}

function parseHint(line: string): Hint[] {
  const [jobId = "", priority] = line.split(" ")
  return isJobId(jobId) ? [{ jobId, priority: Number(priority) }] : []
}
