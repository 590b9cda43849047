import { expect, test } from "vitest"
import { createSlots } from "../../src/history/slots.js"
import { createOneAtATime } from "../../src/jobs/one-at-a-time.js"
import { runTogether } from "../../src/jobs/run-together.js"

test("transactions come one after the other, and none after one that failed", async () => {
  const oneAtATime = createOneAtATime()
  const order: string[] = []
  const first = oneAtATime(async () => {
    order.push("first begins")
    await Promise.resolve()
    order.push("first ends")
  })
  const second = oneAtATime(() => Promise.reject(new Error("the second failed")))
  const third = oneAtATime(() => Promise.resolve(order.push("third")))

  await first
  await expect(second).rejects.toThrow("the second failed")
  await expect(third).rejects.toThrow("the second failed")
  expect(order).toEqual(["first begins", "first ends"])
})

test("when one part fails the others are told to end, and have ended when its error comes out", async () => {
  let ended = false
  const work = runTogether(new AbortController().signal, async (part) => {
    const long = part(async (signal) => {
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()))
      await new Promise((resolve) => setImmediate(resolve))
      ended = true
    })
    const failing = part(() => Promise.reject(new Error("a part failed")))
    await Promise.all([long, failing])
  })
  await expect(work).rejects.toThrow("a part failed")
  expect(ended).toBe(true)
})

test("a place is given to whoever came first, and one who no longer waits leaves it to the next", async () => {
  const slots = createSlots(1)
  const never = new AbortController().signal
  const leaving = new AbortController()
  const release = await slots.take(never)
  const left = slots.take(leaving.signal)
  const next = slots.take(never)
  leaving.abort()
  expect(await left).toBeUndefined()
  release?.()
  expect(await next).toBeTypeOf("function")
})
