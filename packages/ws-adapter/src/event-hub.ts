import { setMaxListeners } from "node:events"
import { isFinished, isJobId, silentLogger, systemClock } from "@assay/core"
import type { Clock, FeedEvent, Job, JobId, JobReader, Logger, Notification, Notifier } from "@assay/core"
import { LiveError, shuttingDown } from "./errors.js"
import { createJobRoom, eventsUpTo } from "./job-room.js"
import type { JobRoom } from "./job-room.js"
import { defaultLimits } from "./limits.js"
import type { Limits } from "./limits.js"
import { numbered } from "./message.js"
import { createPresenter } from "./present.js"
import type { Present } from "./present.js"
import { sendAll } from "./receiver.js"
import type { Receiver } from "./receiver.js"
import { createTopicFilter } from "./topics.js"
import type { Topics } from "./topics.js"
import { createRowStream } from "./row-stream.js"
import type { RowStream } from "./row-stream.js"

export interface EventHubOptions {
  /** Of the store whose jobs these are. */
  reader: Pick<JobReader, "get" | "events" | "feed" | "feedEnd">
  /** Says that there is something to read. What it loses is found within `lookAgainMs` all the same. */
  notifier: Notifier
  /** What is said besides the events themselves. Default: `createPresenter()`. */
  present?: Present
  /**
   * The job that is known by another id, too: by that of a project at Potpie, say. Asked for text from strangers, made of
   * letters, digits, `_` and `-`. Default: there is none.
   */
  resolve?: (id: string, tenant: string) => Promise<JobId | undefined>
  limits?: Limits
  /** How often the feed is looked at for what no notification told of, in milliseconds. Default 1,000. */
  lookAgainMs?: number
  clock?: Clock
  logger?: Logger
}

export type TransportName = "socket.io" | "websocket" | "sse"

export interface JobToFollow {
  readonly jobId: JobId
  readonly tenant: string
  /** The number of the last event that they have. */
  readonly after?: number | undefined
}

export interface FeedToFollow {
  readonly tenant: string
  /** The cursor of the last event that they have. */
  readonly after?: string | undefined
  /** Default: all jobs. */
  readonly topics?: Topics | undefined
}

export interface Listening {
  /** The job as it was when they joined. */
  readonly job: Job
  /** What they have, or had said they have, of its events. */
  readonly position: number
  leave(): void
}

/**
 * Everybody in this process who listens to events, on whatever transport. What they are told comes from the store; the
 * notifier only says when to look. It does nothing while nobody listens.
 */
export interface EventHub {
  readonly limits: Required<Limits>
  /** Aborted when the hub closes. */
  readonly closing: AbortSignal
  /** Connections now, by transport. */
  readonly connections: Readonly<Record<TransportName, number>>
  /** Counts a connection, until the returned function is called. Throws `TOO_MANY_CONNECTIONS` or `SHUTTING_DOWN`. */
  connect(transport: TransportName): () => void
  /**
   * Tells `receiver` what the job does: with `after`, everything above that number, in order and once; without, the state it
   * is in (and its result, if it is finished), then what follows. Rejects with `JOB_NOT_FOUND`, also for a job of another
   * tenant.
   */
  follow(what: JobToFollow, receiver: Receiver): Promise<Listening>
  /** The job of an id, its own or another that it is known by. Rejects with `JOB_NOT_FOUND`. */
  find(id: string, tenant: string): Promise<JobId>
  /** The job now. Rejects with `JOB_NOT_FOUND`, also for a job of another tenant. */
  look(jobId: JobId, tenant: string): Promise<Job>
  /** Tells `receiver` once more how the job is. Rejects as `follow` does. */
  greet(jobId: JobId, tenant: string, receiver: Receiver): Promise<Job>
  /** Tells `receiver` the events of all jobs of the tenant, after a cursor or from now on; returns where that begins. */
  followFeed(what: FeedToFollow, receiver: Receiver): Promise<{ cursor: string; leave: () => void }>
  /** Safe to call twice. Transports hear of it by `closing`. */
  close(): Promise<void>
}

export function createEventHub(options: EventHubOptions): EventHub {
  const { reader, notifier, present = createPresenter(), lookAgainMs = 1000 } = options
  const { clock = systemClock, logger = silentLogger } = options
  const limits = { ...defaultLimits, ...options.limits }
  const connections: Record<TransportName, number> = { "socket.io": 0, websocket: 0, sse: 0 }
  const controller = new AbortController()
  const { signal } = controller
  // Every room may wait on it.
  setMaxListeners(0, signal)
  const rooms = new Map<JobId, JobRoom>()
  const feeds = new Map<string, RowStream<string>>()
  let standing: Promise<void> | undefined
  let closing: Promise<void> | undefined

  function hear({ kind, jobId, number }: Notification): void {
    if (kind === "progress") rooms.get(jobId)?.progressed()
    if (kind !== "event") return
    rooms.get(jobId)?.heard(number)
    for (const feed of feeds.values()) feed.news()
  }

  /** Begun with the first listener. A notifier that cannot be reached is tried again, and not waited for longer than needed. */
  async function stand(): Promise<void> {
    try {
      const subscription = await notifier.subscribe({}, hear)
      if (signal.aborted) await subscription.close()
      else signal.addEventListener("abort", () => void subscription.close().catch(() => {}), { once: true })
    } catch (error) {
      if (signal.aborted) return
      logger.warn({ error }, "notifications cannot be heard; events arrive later than they could")
      void clock.sleep(lookAgainMs, signal).then(() => (signal.aborted ? undefined : stand()))
    }
  }

  /** The net under the notifier: what it lost is in the feed of the store. */
  async function watchFeed(): Promise<void> {
    let cursor: string | undefined
    while (!signal.aborted) {
      await clock.sleep(lookAgainMs, signal)
      if (signal.aborted) return
      try {
        if (rooms.size === 0 && feeds.size === 0) {
          cursor = undefined
          continue
        }
        if (cursor === undefined) {
          // Nobody knows what was missed before: everybody looks.
          cursor = await reader.feedEnd()
          for (const jobId of rooms.keys()) rooms.get(jobId)?.heard(Infinity)
          for (const feed of feeds.values()) feed.news()
          continue
        }
        for (;;) {
          const rows = await reader.feed({ after: cursor, limit: 1000 })
          cursor = rows.at(-1)?.cursor ?? cursor
          for (const { jobId, number } of rows) rooms.get(jobId)?.heard(number)
          if (rows.length > 0) for (const feed of feeds.values()) feed.news()
          if (rows.length < 1000) break
        }
      } catch (error) {
        logger.debug({ error }, "the feed could not be read")
      }
    }
  }

  async function begin(): Promise<void> {
    if (signal.aborted) throw shuttingDown()
    if (!standing) {
      standing = Promise.race([stand(), clock.sleep(lookAgainMs, signal)])
      void watchFeed()
    }
    await standing
  }

  async function find(id: string, tenant: string): Promise<JobId> {
    if (isJobId(id)) return id
    const canBeId = /^[A-Za-z0-9][A-Za-z0-9_-]{0,199}$/.test(id)
    const jobId = canBeId ? await options.resolve?.(id, tenant) : undefined
    if (jobId === undefined) throw new LiveError("JOB_NOT_FOUND", `There is no job ${id.slice(0, 40)}.`)
    return jobId
  }

  async function look(jobId: JobId, tenant: string): Promise<Job> {
    const job = await reader.get(jobId)
    if (!job || job.tenant !== tenant) throw new LiveError("JOB_NOT_FOUND", `There is no job ${jobId}.`)
    return job
  }

  async function greet(jobId: JobId, tenant: string, receiver: Receiver): Promise<Job> {
    const job = await look(jobId, tenant)
    // A finished job, and one that was never begun, say all by themselves.
    const before = isFinished(job.state) || job.fence === 0 ? [] : await eventsUpTo(reader, jobId, job.eventNumber)
    sendAll([receiver], await present(job, undefined, before))
    return job
  }

  function roomOf(jobId: JobId): JobRoom {
    const existing = rooms.get(jobId)
    if (existing) return existing
    const room = createJobRoom(jobId, {
      ...{ reader, present, clock, logger, limits, signal },
      onEmpty: () => {
        if (rooms.get(jobId) === room) rooms.delete(jobId)
      },
    })
    rooms.set(jobId, room)
    return room
  }

  function feedOf(tenant: string, topics: Topics | undefined): RowStream<string> {
    const key = feedKey(tenant, topics)
    const existing = feeds.get(key)
    if (existing) return existing
    const select = topics ? createTopicFilter(reader, topics) : async (rows: readonly FeedEvent[]) => rows
    const feed = createRowStream<FeedEvent, string>(
      {
        read: (after, limit) => reader.feed({ tenant, after, limit }),
        positionOf: ({ cursor }) => cursor,
        messagesOf: async (rows) => (await select(rows)).map((row) => numbered(row, row.cursor)),
      },
      {
        ...{ clock, logger, limits, signal },
        onEmpty: () => {
          if (feeds.get(key) === feed) feeds.delete(key)
        },
      },
    )
    feeds.set(key, feed)
    return feed
  }

  return {
    limits,
    closing: signal,
    connections,
    connect(transport) {
      if (signal.aborted) throw shuttingDown()
      if (Object.values(connections).reduce((sum, count) => sum + count, 0) >= limits.connections) {
        throw new LiveError("TOO_MANY_CONNECTIONS", "This process has as many connections as it takes.", {
          hint: "Try again in a while.",
        })
      }
      connections[transport]++
      let counted = true
      return () => {
        if (counted) connections[transport]--
        counted = false
      }
    },
    find,
    look,
    greet,
    async follow({ jobId, tenant, after }, receiver) {
      await begin()
      const job = await (after === undefined ? greet(jobId, tenant, receiver) : look(jobId, tenant))
      const position = Math.min(after ?? job.eventNumber, job.eventNumber)
      if (signal.aborted) throw shuttingDown()
      const { leave } = roomOf(jobId).join(receiver, job, position)
      return { job, position, leave }
    },
    async followFeed({ tenant, after, topics }, receiver) {
      await begin()
      // Read once for nothing, so that a cursor that is none is refused before anything is sent.
      if (after !== undefined) await reader.feed({ tenant, after, limit: 1 })
      // Where the others are already, so that all of them are read for at once.
      const cursor = after ?? feeds.get(feedKey(tenant, topics))?.head ?? (await reader.feedEnd())
      if (signal.aborted) throw shuttingDown()
      const feed = feedOf(tenant, topics)
      const follower = feed.follow(receiver, cursor)
      return { cursor, leave: () => feed.leave(follower) }
    },
    close() {
      return (closing ??= (async () => controller.abort())())
    },
  }
}

/** Who wants the same reads the same. */
function feedKey(tenant: string, topics: Topics | undefined): string {
  return JSON.stringify([tenant, topics ? [[...topics.jobs].sort(), [...topics.repositories].sort()] : undefined])
}
