import { expect } from "vitest"
import { giveItTime, until } from "../until.js"
import { createListener, hints } from "./queue-test.js"
import type { QueueTest } from "./queue-test.js"

export function stoppingTests(test: QueueTest): void {
  test("waits for the calls in hand when a consumer is stopped", async ({ queue, holdingListener }) => {
    const listener = holdingListener()
    const consumer = await queue.consume(listener.handle, { concurrency: 2 })
    await queue.publish(hints(4))
    await until("two calls are in hand", () => listener.inHand.now >= 2)
    let stopped = false
    const stopping = consumer.stop().then(() => (stopped = true))
    await giveItTime()
    expect(stopped).toBe(false)
    listener.letAllGo()
    await stopping
    expect(listener.inHand.now).toBe(0)
    expect(listener.heard).toHaveLength(2)
  })

  test("rings no more for a consumer that was stopped, and can be asked to twice", async ({ queue }) => {
    const [stopped, other] = [createListener(), createListener()]
    const consumer = await queue.consume(stopped.handle, { concurrency: 1 })
    await Promise.all([consumer.stop(), consumer.stop()])
    await consumer.stop()
    await queue.consume(other.handle, { concurrency: 1 })
    const rings = hints(3)
    await queue.publish(rings)
    await other.hears(rings)
    expect(stopped.heard).toEqual([])
  })

  test("rings no more for a consumer whose signal has aborted", async ({ queue }) => {
    const [aborted, other] = [createListener(), createListener()]
    const controller = new AbortController()
    const consumer = await queue.consume(aborted.handle, { concurrency: 1, signal: controller.signal })
    controller.abort()
    await consumer.stop()
    await queue.consume(other.handle, { concurrency: 1 })
    const rings = hints(3)
    await queue.publish(rings)
    await other.hears(rings)
    expect(aborted.heard).toEqual([])
  })

  test("waits, in stop, for the calls that were in hand when the signal aborted", async ({
    queue,
    holdingListener,
  }) => {
    const listener = holdingListener()
    const controller = new AbortController()
    const consumer = await queue.consume(listener.handle, { concurrency: 1, signal: controller.signal })
    await queue.publish(hints(2))
    await until("a call is in hand", () => listener.inHand.now >= 1)
    controller.abort()
    let stopped = false
    const stopping = consumer.stop().then(() => (stopped = true))
    await giveItTime()
    expect(stopped).toBe(false)
    listener.letAllGo()
    await stopping
    expect(listener.heard).toHaveLength(1)
  })

  test("rings for nobody whose signal had aborted before", async ({ queue }) => {
    const [aborted, other] = [createListener(), createListener()]
    const consumer = await queue.consume(aborted.handle, { concurrency: 1, signal: AbortSignal.abort() })
    await queue.consume(other.handle, { concurrency: 1 })
    const rings = hints(3)
    await queue.publish(rings)
    await other.hears(rings)
    expect(aborted.heard).toEqual([])
    await consumer.stop()
  })

  test("stops its consumers when it is closed, once their calls have settled", async ({ queue, holdingListener }) => {
    const listener = holdingListener()
    await queue.consume(listener.handle, { concurrency: 1 })
    await queue.publish(hints(3))
    await until("a call is in hand", () => listener.inHand.now >= 1)
    let closed = false
    const closing = queue.close().then(() => (closed = true))
    await giveItTime()
    expect(closed).toBe(false)
    listener.letAllGo()
    await closing
    expect(listener.heard).toHaveLength(1)
  })

  test("can be closed twice, and is closed then", async ({ queue }) => {
    const consumer = await queue.consume(async () => {}, { concurrency: 1 })
    await Promise.all([queue.close(), queue.close()])
    await queue.close()
    await consumer.stop()
    await expect(queue.publish(hints(1))).rejects.toMatchObject({ code: "CLOSED" })
    await expect(queue.consume(async () => {}, { concurrency: 1 })).rejects.toMatchObject({ code: "CLOSED" })
  })

  test("has a name", async ({ queue }) => {
    expect(queue.name).toMatch(/\S/)
  })
}
