import { expect, test } from "vitest"
import { inBatches } from "../../src/jobs/in-batches.js"
import { createSignal } from "../helpers/signal.js"

async function* from<Item>(...batches: Item[][]): AsyncGenerator<Item[]> {
  yield* batches
}
const weigh = (): number => 1

test("writes everything, in order, in batches of about the weight asked for", async () => {
  const written: number[][] = []
  await inBatches(from([1, 2], [3], [], [4, 5, 6], [7]), {
    ...{ weigh, weight: 3 },
    write: async (batch) => void written.push(batch),
  })
  expect(written).toEqual([[1, 2, 3], [4, 5, 6], [7]])
})

test("reads on while it writes, but writes one batch at a time", async () => {
  const first = createSignal()
  const thirdRead = createSignal()
  const writing: number[] = []
  async function* source(): AsyncGenerator<number[]> {
    yield [1]
    yield [2]
    thirdRead.resolve()
    yield [3]
  }
  const done = inBatches(source(), {
    ...{ weigh, weight: 1 },
    write: async ([item]) => {
      writing.push(item!)
      if (item === 1) await first.promise
    },
  })
  await Promise.resolve()
  await new Promise((resolve) => setImmediate(resolve))
  expect(writing).toEqual([1])
  first.resolve()
  await thirdRead.promise
  await done
  expect(writing).toEqual([1, 2, 3])
})

test("ends the reading when a write fails, and fails with it", async () => {
  let ended = false
  async function* source(): AsyncGenerator<number[]> {
    try {
      for (let item = 0; ; item++) yield [item]
    } finally {
      ended = true
    }
  }
  const refuse = async ([item]: number[]): Promise<void> => {
    if (item === 3) throw new Error("disk full")
  }
  await expect(inBatches(source(), { weigh, weight: 1, write: refuse })).rejects.toThrow("disk full")
  expect(ended).toBe(true)
  const onlyLast = async (): Promise<void> => {
    throw new Error("disk full")
  }
  await expect(inBatches(from([1]), { weigh, weight: 5, write: onlyLast })).rejects.toThrow("disk full")
})

test("lets a write end before it fails because the reading did", async () => {
  const slow = createSignal()
  let written = false
  async function* source(): AsyncGenerator<number[]> {
    yield [1]
    setImmediate(() => slow.resolve())
    throw new Error("git died")
  }
  const write = async (): Promise<void> => {
    await slow.promise
    written = true
  }
  await expect(inBatches(source(), { weigh, weight: 1, write })).rejects.toThrow("git died")
  expect(written).toBe(true)
})
