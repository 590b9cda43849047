import { AssayError, isJobId, silentLogger } from "@assay/core"
import type { Logger, Notification, NotificationFilter, Notifier } from "@assay/core"
import type { Listening, PostgresDatabase } from "./database.js"

export interface PostgresNotifierOptions {
  /** Stays the caller's to close. */
  database: PostgresDatabase
  /** Hears of listeners that throw. Default: nobody does. */
  logger?: Logger
  /** Notifiers of one database that have the same channel hear each other. @default "assay.notifications" */
  channel?: string
}

/** Tells all processes on the same database, by LISTEN and NOTIFY. */
export function createPostgresNotifier(options: PostgresNotifierOptions): Notifier {
  const { database, logger = silentLogger, channel = "assay.notifications" } = options
  const subscribers = new Set<Subscriber>()
  let listening: Promise<Listening> | undefined
  let closed = false

  const assertOpen = (): void => {
    if (closed) throw new AssayError("CLOSED", "The notifier is closed.")
  }

  function hear(payload: string): void {
    for (const notification of payload.split("\n").flatMap((line) => parse(line) ?? [])) {
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

  /** Begun with the first subscription. One that failed is tried again with the next. */
  async function listen(): Promise<void> {
    listening ??= database.listen(channel, hear)
    try {
      await listening
    } catch (error) {
      listening = undefined
      throw error
    }
  }

  return {
    name: "postgres",
    async publish(notifications) {
      assertOpen()
      await database.notify(
        channel,
        notifications.map(({ kind, jobId, number }) => `${kind} ${jobId} ${number}`),
      )
    },
    async subscribe(filter, listener) {
      assertOpen()
      await listen()
      const subscriber = { filter, listener }
      subscribers.add(subscriber)
      return {
        async close() {
          subscribers.delete(subscriber)
        },
      }
    },
    async close() {
      closed = true
      subscribers.clear()
      await (await listening?.catch(() => undefined))?.close()
    },
  }
}

interface Subscriber {
  readonly filter: NotificationFilter
  readonly listener: (notification: Notification) => void
}

/** `undefined` for what somebody else says on this channel. */
function parse(line: string): Notification | undefined {
  const [kind, jobId = "", number] = line.split(" ")
  if ((kind !== "event" && kind !== "progress" && kind !== "cancel") || !isJobId(jobId)) return undefined
  return { kind, jobId, number: Number(number) }
}

function matches(notification: Notification, filter: NotificationFilter): boolean {
  return (
    (filter.kind === undefined || filter.kind === notification.kind) &&
    (filter.jobId === undefined || filter.jobId === notification.jobId)
  )
}
