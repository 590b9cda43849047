import { AssayError } from "./errors.js"
import type { Logger } from "./logger.js"
import type { Queue } from "./queue.js"

/** A queue that is told which store it rings for, as soon as it can be reached. */
export interface Binding {
  /** Rejects when the queue refuses; one that cannot be reached for now is let be. */
  begin(): Promise<void>
  /** The queue can be reached again. Whether it is bound now. Never rejects. */
  again(): Promise<boolean>
}

export function createBinding(options: {
  name: string
  queue: Queue
  identity: string
  logger: Logger
  /** Called when the queue turns out to ring for another store. */
  silence: () => void
}): Binding {
  const { name, queue, identity, logger, silence } = options
  let state: "unbound" | "bound" | "refused" = "unbound"

  async function bind(): Promise<void> {
    await queue.bind(identity)
    state = "bound"
  }

  return {
    async begin() {
      try {
        await bind()
      } catch (error) {
        if (!AssayError.isInstance(error) || error.code !== "UNAVAILABLE" || !error.retryable) throw error
        logger.warn({ queue: name, reason: error.message }, "queue not reachable, jobs wait in the store until it is")
      }
    },
    async again() {
      try {
        if (state === "unbound") await bind()
      } catch (error) {
        if (AssayError.isInstance(error) && error.code === "QUEUE_MISMATCH") {
          state = "refused"
          silence()
          logger.error({ queue: name, error }, "the queue rings for another store, this runtime does not ring there")
        } else logger.warn({ queue: name, error }, "could not tell the queue which store it rings for")
      }
      return state === "bound"
    },
  }
}
