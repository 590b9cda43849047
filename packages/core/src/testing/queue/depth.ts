import { expect } from "vitest"
import { describeIf } from "../describe-if.js"
import { until } from "../until.js"
import { createListener, hints } from "./queue-test.js"
import type { QueueSuiteOptions, QueueTest } from "./queue-test.js"

export function depthTests(test: QueueTest, { supports = {} }: QueueSuiteOptions): void {
  test("has no depth when nothing waits", async ({ queue }) => {
    expect(await queue.depth()).toBe(0)
    const listener = createListener()
    await queue.consume(listener.handle, { concurrency: 4 })
    const rings = hints(10)
    await queue.publish(rings)
    await listener.hears(rings)
    await until("nothing waits any more", async () => (await queue.depth()) === 0)
  })

  describeIf(
    supports.keepsRings !== false,
    { name: "without a consumer", otherwise: "this bell keeps no rings" },
    () => {
      test("lets rings wait until somebody consumes", async ({ queue }) => {
        const rings = hints(5)
        await queue.publish(rings)
        expect(await queue.depth()).toBe(5)
        const listener = createListener()
        await queue.consume(listener.handle, { concurrency: 1 })
        await listener.hears(rings)
        await until("nothing waits any more", async () => (await queue.depth()) === 0)
      })

      test("lets rings that a stopped consumer did not take wait for the next", async ({ queue, holdingListener }) => {
        const [first, second] = [holdingListener(), createListener()]
        const consumer = await queue.consume(first.handle, { concurrency: 1 })
        const rings = hints(5)
        await queue.publish(rings)
        await until("a call is in hand", () => first.inHand.now >= 1)
        const stopping = consumer.stop()
        first.letAllGo()
        await stopping
        expect(first.heard).toHaveLength(1)
        await queue.consume(second.handle, { concurrency: 1 })
        await second.hears(rings.filter(({ jobId }) => jobId !== first.heard[0]?.jobId))
      })
    },
  )
}
