/** Hands values from several producers to one consumer, no faster than the consumer takes them. */
export interface Channel<Value> extends AsyncIterable<Value> {
  /** Resolves when there is room again. Resolves at once after `close`: nobody will read the value. */
  put(value: Value): Promise<void>
  /** The consumer gets what was put before, and then the end, or the error. */
  close(error?: unknown): void
}

export function createChannel<Value>(capacity: number): Channel<Value> {
  const values: Value[] = []
  let closed = false
  let failure: { error: unknown } | undefined
  let wakeConsumer: (() => void) | undefined
  let wakeProducers: (() => void)[] = []

  const releaseProducers = (): void => {
    const waiting = wakeProducers
    wakeProducers = []
    for (const wake of waiting) wake()
  }

  return {
    async put(value) {
      while (!closed && values.length >= capacity) await new Promise<void>((resolve) => wakeProducers.push(resolve))
      if (closed) return
      values.push(value)
      wakeConsumer?.()
    },
    close(error) {
      if (closed) return
      closed = true
      if (error !== undefined) failure = { error }
      wakeConsumer?.()
      releaseProducers()
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        // An error is more urgent than what came before it: the whole will not be complete.
        if (failure) throw failure.error
        if (values.length > 0) {
          const value = values.shift()!
          releaseProducers()
          yield value
        } else if (closed) return
        else await new Promise<void>((resolve) => (wakeConsumer = resolve))
      }
    },
  }
}
