import { AssayError } from "../errors.js"
import type { JobId } from "../job.js"
import type { Logger } from "../logger.js"
import { silentLogger } from "../logger.js"
import type { Consumer, Hint, Queue } from "../queue.js"

export interface MemoryQueueOptions {
  /** Hears of handlers that reject. Default: nobody does. */
  logger?: Logger
  /** Rings that are kept at most; what comes on top is not, and the sweep rings again for it. Default: no limit. */
  mostRings?: number
}

/** A bell within one process. Rings wait, one per job, until a consumer hears them. */
export function createMemoryQueue(options: MemoryQueueOptions = {}): Queue {
  const { logger = silentLogger, mostRings = Infinity } = options
  const pending = new Map<JobId, Hint>()
  const consumers = new Set<MemoryConsumer>()
  let boundTo: string | undefined
  let closed = false
  let planned: NodeJS.Immediate | undefined

  // Always in a turn of its own: handlers that settle at once would otherwise keep timers and sockets waiting for as long
  // as there are rings.
  const plan = (): void => {
    if (!closed) planned ??= setImmediate(deliver)
  }

  function deliver(): void {
    planned = undefined
    for (const consumer of consumers) {
      while (consumer.listening && consumer.inHand.size < consumer.concurrency) {
        const hint = takeFirst(pending)
        if (!hint) return
        ring(consumer, hint)
      }
    }
  }

  function ring(consumer: MemoryConsumer, hint: Hint): void {
    const call = Promise.resolve(hint)
      .then(consumer.handle)
      .catch((error: unknown) => logger.error({ error, jobId: hint.jobId }, "the handler of a ring rejected"))
      .then(() => {
        consumer.inHand.delete(call)
        plan()
      })
    consumer.inHand.add(call)
  }

  const assertOpen = (): void => {
    if (closed) throw new AssayError("CLOSED", "The queue is closed.")
  }

  return {
    name: "memory",
    durable: false,
    async bind(storeIdentity) {
      boundTo ??= storeIdentity
      if (boundTo === storeIdentity) return
      throw new AssayError("QUEUE_MISMATCH", "The queue rings for another store than the one it was given.")
    },
    async publish(hints) {
      assertOpen()
      for (const { jobId, priority } of hints) if (pending.size < mostRings) pending.set(jobId, { jobId, priority })
      plan()
    },
    async consume(handle, { concurrency, signal }) {
      assertOpen()
      const inHand = new Set<Promise<void>>()
      const stop = async (): Promise<void> => {
        consumer.listening = false
        signal?.removeEventListener("abort", stop)
        await Promise.all(inHand)
        consumers.delete(consumer)
      }
      const consumer: MemoryConsumer = { handle, concurrency, inHand, listening: !signal?.aborted, stop }
      consumers.add(consumer)
      signal?.addEventListener("abort", stop, { once: true })
      plan()
      return { stop }
    },
    depth: async () => pending.size,
    onRestored: () => () => {},
    async close() {
      closed = true
      if (planned) clearImmediate(planned)
      await Promise.all([...consumers].map((consumer) => consumer.stop()))
      pending.clear()
    },
  }
}

interface MemoryConsumer extends Consumer {
  readonly handle: (hint: Hint) => Promise<void>
  readonly concurrency: number
  readonly inHand: Set<Promise<void>>
  listening: boolean
}

function takeFirst(pending: Map<JobId, Hint>): Hint | undefined {
  for (const hint of pending.values()) {
    pending.delete(hint.jobId)
    return hint
  }
  return undefined
}
