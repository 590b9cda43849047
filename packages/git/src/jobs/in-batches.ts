/**
 * Collects what a source yields into batches and hands each to `write`, one after the other. The source goes on while a
 * batch is being written, until the next one is full: reading and writing overlap, and memory holds two batches.
 */
export async function inBatches<Item>(
  source: AsyncIterable<readonly Item[]>,
  options: { weigh: (item: Item) => number; weight: number; write: (batch: Item[]) => Promise<void> },
): Promise<void> {
  let writing: Promise<void> = Promise.resolve()
  let batch: Item[] = []
  let weight = 0
  const flush = async (): Promise<void> => {
    await writing
    const full = batch
    batch = []
    weight = 0
    writing = options.write(full)
    // It is awaited before the next one; until then a failure must not count as unhandled.
    writing.catch(() => {})
  }
  try {
    for await (const items of source) {
      for (const item of items) {
        batch.push(item)
        weight += options.weigh(item)
      }
      if (weight >= options.weight) await flush()
    }
    if (batch.length > 0) await flush()
  } finally {
    // Nothing is written any more once this has ended, however it has.
    await writing.catch(() => {})
  }
  await writing
}

/** A source of single items as a source of batches. */
export async function* oneByOne<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item[], void, undefined> {
  for await (const item of items) yield [item]
}
