import { expect } from "vitest"
import { describeIf } from "../describe-if.js"
import { createListener, hints } from "./queue-test.js"
import type { QueueSuiteOptions, QueueTest } from "./queue-test.js"

export function bindingTests(test: QueueTest, { supports = {} }: QueueSuiteOptions): void {
  test("rings for one store, however often it is told which", async ({ queue }) => {
    await queue.bind("store-a")
    await queue.bind("store-a")
  })

  test("refuses to ring for a second store", async ({ queue }) => {
    await queue.bind("store-a")
    await expect(queue.bind("store-b")).rejects.toMatchObject({ code: "QUEUE_MISMATCH", retryable: false })
    await queue.bind("store-a")
  })

  test("carries nothing but the job's id and priority", async ({ queue, peek }) => {
    const [hint] = hints(1)
    if (!hint) return
    const indiscreet = { ...hint, input: { token: "hunter2" }, secret: "hunter2" }
    const listener = createListener()
    const consume = (): Promise<unknown> => queue.consume(listener.handle, { concurrency: 1 })
    if (supports.keepsRings === false) await consume()
    await queue.publish([indiscreet])
    if (peek) {
      const text = await peek()
      expect(text).toContain(hint.jobId)
      expect(text).not.toContain("hunter2")
    }
    if (supports.keepsRings !== false) await consume()
    await listener.hears([hint])
    expect(listener.heard[0]).toEqual(hint)
  })
}

export function sharingTests(test: QueueTest, { supports = {} }: QueueSuiteOptions): void {
  describeIf(supports.sharing !== false, { name: "in two processes", otherwise: "this bell cannot be shared" }, () => {
    test("rings in one for what is published in the other", async ({ queue, another }) => {
      const other = await another()
      const listener = createListener()
      await other.consume(listener.handle, { concurrency: 2 })
      const rings = hints(20)
      await queue.publish(rings)
      await listener.hears(rings)
    })

    test("rings in both, and loses nothing between them", async ({ queue, another }) => {
      const other = await another()
      const listener = createListener()
      await queue.consume(listener.handle, { concurrency: 2 })
      await other.consume(listener.handle, { concurrency: 2 })
      const [here, there] = [hints(20), hints(20)]
      await Promise.all([queue.publish(here), other.publish(there)])
      await listener.hears([...here, ...there])
    })

    test("leaves to an idle process what a busy one would let wait", async ({ queue, another, holdingListener }) => {
      const other = await another()
      const [busy, idle] = [holdingListener(), createListener()]
      await queue.consume(busy.handle, { concurrency: 1 })
      const first = hints(1)
      await queue.publish(first)
      await busy.hears(first)
      await other.consume(idle.handle, { concurrency: 1 })
      const rest = hints(5)
      await queue.publish(rest)
      await idle.hears(rest)
      busy.letAllGo()
    })

    test("remembers everywhere which store it rings for", async ({ queue, another }) => {
      const other = await another()
      await queue.bind("store-a")
      await expect(other.bind("store-b")).rejects.toMatchObject({ code: "QUEUE_MISMATCH" })
      await other.bind("store-a")
    })

    test("lets one of two bind when both try at once", async ({ queue, another }) => {
      const other = await another()
      const answers = await Promise.allSettled([queue.bind("store-a"), other.bind("store-b")])
      expect(answers.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"])
    })

    test("goes on in one when the other is closed", async ({ queue, another }) => {
      const other = await another()
      const listener = createListener()
      await other.consume(listener.handle, { concurrency: 1 })
      await queue.close()
      const rings = hints(3)
      await other.publish(rings)
      await listener.hears(rings)
    })

    test("lets rings outlive the process that published them, if it says so", async ({ queue, another }) => {
      if (!queue.durable) return
      const rings = hints(3)
      await queue.publish(rings)
      await queue.close()
      const listener = createListener()
      await (await another()).consume(listener.handle, { concurrency: 1 })
      await listener.hears(rings)
    })
  })
}
