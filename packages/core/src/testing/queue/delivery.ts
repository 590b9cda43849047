import { expect } from "vitest"
import { giveItTime, until } from "../until.js"
import { createListener, hints, idsOf } from "./queue-test.js"
import type { QueueTest } from "./queue-test.js"

export function deliveryTests(test: QueueTest): void {
  test("rings for a job that is published", async ({ queue }) => {
    const listener = createListener()
    await queue.consume(listener.handle, { concurrency: 1 })
    const [hint] = hints(1, 3)
    if (!hint) return
    await queue.publish([hint])
    await listener.hears([hint])
    expect(listener.heard[0]).toEqual(hint)
  })

  test("rings for each of many jobs, from one publisher or several at once", async ({ queue }) => {
    const listener = createListener()
    await queue.consume(listener.handle, { concurrency: 5 })
    const batches = Array.from({ length: 10 }, () => hints(20))
    await Promise.all(batches.map((batch) => queue.publish(batch)))
    await listener.hears(batches.flat())
  })

  test("rings at least once for a job that is published twice", async ({ queue }) => {
    const listener = createListener()
    await queue.consume(listener.handle, { concurrency: 2 })
    const rings = hints(1)
    await Promise.all([queue.publish(rings), queue.publish([...rings, ...rings])])
    await listener.hears(rings)
  })

  test("rings again for a job that was published while its handler was busy", async ({ queue, holdingListener }) => {
    const listener = holdingListener()
    await queue.consume(listener.handle, { concurrency: 1 })
    const rings = hints(1)
    await queue.publish(rings)
    await listener.hears(rings)
    await queue.publish(rings)
    await giveItTime()
    listener.letAllGo()
    await until("the second ring is heard", () => listener.heard.length >= 2)
    expect(new Set(idsOf(listener.heard))).toEqual(new Set(idsOf(rings)))
  })

  test("rings again for a job that was heard and settled before", async ({ queue }) => {
    const listener = createListener()
    await queue.consume(listener.handle, { concurrency: 1 })
    const rings = hints(1)
    for (let count = 1; count <= 3; count++) {
      await queue.publish(rings)
      await until(`ring ${count} is heard`, () => listener.heard.length >= count)
    }
  })

  test("takes any priority", async ({ queue }) => {
    const listener = createListener()
    await queue.consume(listener.handle, { concurrency: 1 })
    const rings = [0, -5, 7, 1_000_000_000, -1_000_000_000].flatMap((priority) => hints(1, priority))
    await queue.publish(rings)
    await listener.hears(rings)
  })

  test("rings for nobody when nothing is published", async ({ queue }) => {
    const listener = createListener()
    await queue.consume(listener.handle, { concurrency: 1 })
    await queue.publish([])
    await giveItTime()
    expect(listener.heard).toEqual([])
  })

  test("goes on after a handler that rejects", async ({ queue }) => {
    const listener = createListener(() => Promise.reject(new Error("a bug of the caller")))
    await queue.consume(listener.handle, { concurrency: 1 })
    const first = hints(3)
    await queue.publish(first)
    await listener.hears(first)
    const second = hints(3)
    await queue.publish(second)
    await listener.hears(second)
  })

  test("shares its rings among several consumers, and loses none", async ({ queue }) => {
    const listener = createListener()
    for (let count = 0; count < 3; count++) await queue.consume(listener.handle, { concurrency: 2 })
    const rings = hints(60)
    await queue.publish(rings)
    await listener.hears(rings)
  })

  test("returns a function that ends the interest in lost rings", async ({ queue }) => {
    const forget = queue.onRestored(() => {})
    forget()
    forget()
  })
}
