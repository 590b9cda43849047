/** Turns single calls into batched ones, so that a busy runtime pays one round trip for many jobs. */
export interface Batcher<Item, Result> {
  /** Resolves with the result that `run` gave for this item. */
  add(item: Item): Promise<Result>
  /** Resolves when nothing is waiting or running. */
  idle(): Promise<void>
}

export interface BatcherOptions<Item, Result> {
  /** Gets one or more items and answers in their order. */
  run: (items: readonly Item[]) => Promise<readonly Result[]>
  /** Most items per run. Default 50. */
  size?: number
  /**
   * Most runs at once. Default 1. Another one begins only for a full batch, or when the first is slow: a run that shares
   * its round trip with more items is worth more than one that begins a moment earlier.
   */
  lanes?: number
}

/** After this long a run counts as slow, because it waits for a lock perhaps, and others no longer wait for it. */
const slowAfterMs = 50

interface Waiting<Item, Result> {
  item: Item
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}

/**
 * Batches without a timer: whatever arrives while a run is in flight goes into the next one, so an idle system waits for
 * nothing and a busy one fills its batches. When a batch fails, its items are run one by one, so that one bad item
 * does not take the others with it.
 */
export function createBatcher<Item, Result>(options: BatcherOptions<Item, Result>): Batcher<Item, Result> {
  const { run, size = 50, lanes = 1 } = options
  const waiting: Waiting<Item, Result>[] = []
  const idleListeners: (() => void)[] = []
  let inFlight = 0
  let flushPlanned = false
  let patience: NodeJS.Timeout | undefined

  function flush(patient = true): void {
    flushPlanned = false
    while (waiting.length > 0 && (inFlight === 0 || (inFlight < lanes && (!patient || waiting.length >= size)))) {
      void runBatch(waiting.splice(0, size))
    }
    if (waiting.length === 0 || inFlight === lanes) {
      clearTimeout(patience)
      patience = undefined
    } else {
      patience ??= setTimeout(() => {
        patience = undefined
        flush(false)
      }, slowAfterMs)
    }
    if (waiting.length === 0 && inFlight === 0) for (const listener of idleListeners.splice(0)) listener()
  }

  async function runBatch(batch: Waiting<Item, Result>[]): Promise<void> {
    inFlight++
    try {
      await settle(batch)
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error)
      else for (const entry of batch) await settle([entry]).catch(entry.reject)
    }
    inFlight--
    flush()
  }

  async function settle(batch: Waiting<Item, Result>[]): Promise<void> {
    const results = await run(batch.map((entry) => entry.item))
    batch.forEach((entry, index) => {
      entry.resolve(results[index] as Result)
    })
  }

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject })
        if (flushPlanned || inFlight >= lanes) return
        flushPlanned = true
        // Everything that is asked for in this turn of the event loop shares the batch.
        setImmediate(() => {
          flush()
        })
      }),
    idle: () =>
      waiting.length === 0 && inFlight === 0
        ? Promise.resolve()
        : new Promise((resolve) => idleListeners.push(resolve)),
  }
}
