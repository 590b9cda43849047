import { AssayError } from "../errors.js"
import type { Logger } from "../logger.js"
import { silentLogger } from "../logger.js"
import type { Notification, NotificationFilter, Notifier } from "../notifier.js"

export interface MemoryNotifierOptions {
  /** Hears of listeners that throw. Default: nobody does. */
  logger?: Logger
}

/** Tells the subscribers of this process. */
export function createMemoryNotifier(options: MemoryNotifierOptions = {}): Notifier {
  const logger = options.logger ?? silentLogger
  const subscribers = new Set<Subscriber>()
  let closed = false

  const assertOpen = (): void => {
    if (closed) throw new AssayError("CLOSED", "The notifier is closed.")
  }

  const tell = (notification: Notification): void => {
    for (const { filter, listener } of [...subscribers]) {
      if (!matches(notification, filter)) continue
      try {
        listener(notification)
      } catch (error) {
        logger.error({ error }, "a listener of notifications threw")
      }
    }
  }

  return {
    name: "memory",
    async publish(notifications) {
      assertOpen()
      // Not within the call: a listener that publishes would be heard before what it answers to.
      for (const notification of notifications) queueMicrotask(() => tell(notification))
    },
    async subscribe(filter, listener) {
      assertOpen()
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
    },
  }
}

interface Subscriber {
  readonly filter: NotificationFilter
  readonly listener: (notification: Notification) => void
}

function matches(notification: Notification, filter: NotificationFilter): boolean {
  return (
    (filter.kind === undefined || filter.kind === notification.kind) &&
    (filter.jobId === undefined || filter.jobId === notification.jobId)
  )
}
