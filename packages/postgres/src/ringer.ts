import type { Consumer, ConsumeOptions, Hint, JobId, Logger } from "@assay/core"

/** More than this are not kept: the store knows all jobs, and the sweep rings again for those nobody was told of. */
const mostRings = 100_000

/** Rings that were heard in this process, until one of its consumers takes them. One per job. */
export interface Ringer {
  add(hint: Hint): void
  consume(handle: (hint: Hint) => Promise<void>, options: ConsumeOptions): Consumer
  readonly depth: number
  close(): Promise<void>
}

interface Ear extends Consumer {
  readonly handle: (hint: Hint) => Promise<void>
  readonly concurrency: number
  readonly inHand: Set<Promise<void>>
  listening: boolean
}

export function createRinger(logger: Logger): Ringer {
  const rings = new Map<JobId, Hint>()
  const ears = new Set<Ear>()
  let planned: NodeJS.Immediate | undefined

  // In a turn of its own: handlers that settle at once would otherwise keep timers and sockets waiting.
  const plan = (): void => {
    if (rings.size > 0) planned ??= setImmediate(deliver)
  }

  function deliver(): void {
    planned = undefined
    for (const ear of ears) {
      while (ear.listening && ear.inHand.size < ear.concurrency) {
        const next = rings.values().next()
        if (next.done) return
        rings.delete(next.value.jobId)
        ring(ear, next.value)
      }
    }
  }

  function ring(ear: Ear, hint: Hint): void {
    const call = Promise.resolve(hint)
      .then(ear.handle)
      .catch((error: unknown) => logger.error({ error, jobId: hint.jobId }, "the handler of a ring rejected"))
      .then(() => {
        ear.inHand.delete(call)
        plan()
      })
    ear.inHand.add(call)
  }

  return {
    add(hint) {
      // A process that consumes nothing has nobody to keep them for.
      if (ears.size === 0 || rings.size >= mostRings) return
      rings.set(hint.jobId, hint)
      plan()
    },
    consume(handle, { concurrency, signal }) {
      const inHand = new Set<Promise<void>>()
      const stop = async (): Promise<void> => {
        ear.listening = false
        signal?.removeEventListener("abort", stop)
        await Promise.all(inHand)
        ears.delete(ear)
      }
      const ear: Ear = { handle, concurrency, inHand, listening: !signal?.aborted, stop }
      ears.add(ear)
      signal?.addEventListener("abort", stop, { once: true })
      plan()
      return { stop }
    },
    get depth() {
      return rings.size
    },
    async close() {
      if (planned) clearImmediate(planned)
      await Promise.all([...ears].map((ear) => ear.stop()))
      rings.clear()
    },
  }
}
