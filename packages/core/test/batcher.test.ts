import { describe, expect, it } from "vitest"
import { createBatcher } from "../src/batcher.js"
import { gate } from "./helpers/memory-parts.js"

describe("a batcher", () => {
  it("puts what is asked for while a run is in flight into the next one", async () => {
    const batches: number[][] = []
    const first = gate()
    const batcher = createBatcher<number, number>({
      run: async (items) => {
        batches.push([...items])
        if (batches.length === 1) await first.promise
        return items.map((item) => item * 2)
      },
    })
    const one = batcher.add(1)
    await expect.poll(() => batches).toEqual([[1]])
    const rest = [2, 3, 4].map((item) => batcher.add(item))
    first.open()
    expect(await Promise.all([one, ...rest])).toEqual([2, 4, 6, 8])
    expect(batches).toEqual([[1], [2, 3, 4]])
  })

  it("keeps to its size", async () => {
    const sizes: number[] = []
    const batcher = createBatcher<number, number>({
      size: 3,
      run: async (items) => {
        sizes.push(items.length)
        return items
      },
    })
    await Promise.all([1, 2, 3, 4, 5, 6, 7].map((item) => batcher.add(item)))
    expect(sizes).toEqual([3, 3, 1])
  })

  it("opens another lane for a full batch, or when the first is slow, and not before", async () => {
    const batches: number[][] = []
    const held = gate()
    const batcher = createBatcher<number, number>({
      size: 3,
      lanes: 2,
      run: async (items) => {
        batches.push([...items])
        if (items[0] === 1) await held.promise
        return items
      },
    })
    const slow = batcher.add(1)
    await expect.poll(() => batches).toEqual([[1]])
    await Promise.all([2, 3, 4].map((item) => batcher.add(item)))
    expect(batches).toEqual([[1], [2, 3, 4]])
    const askedAt = performance.now()
    await Promise.all([5, 6].map((item) => batcher.add(item)))
    expect(performance.now() - askedAt).toBeGreaterThan(40)
    expect(batches).toEqual([[1], [2, 3, 4], [5, 6]])
    held.open()
    await slow
  })

  it("lets one bad item fail alone", async () => {
    const batcher = createBatcher<number, number>({
      run: async (items) => {
        if (items.includes(2)) throw new Error("two")
        return items
      },
    })
    const outcomes = await Promise.allSettled([1, 2, 3].map((item) => batcher.add(item)))
    expect(outcomes.map((outcome) => outcome.status)).toEqual(["fulfilled", "rejected", "fulfilled"])
  })

  it("is idle once nothing waits or runs", async () => {
    let done = 0
    const batcher = createBatcher<number, void>({
      size: 1,
      run: async () => {
        done++
        return [undefined]
      },
    })
    await batcher.idle()
    for (let item = 0; item < 5; item++) void batcher.add(item)
    await batcher.idle()
    expect(done).toBe(5)
  })
})
