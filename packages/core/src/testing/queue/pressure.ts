import { expect } from "vitest"
import { giveItTime, until } from "../until.js"
import { createListener, hints } from "./queue-test.js"
import type { QueueTest } from "./queue-test.js"

export function pressureTests(test: QueueTest): void {
  for (const concurrency of [1, 3]) {
    test(`has at most ${concurrency} of a consumer's calls unsettled, and uses them all`, async ({
      queue,
      holdingListener,
    }) => {
      const listener = holdingListener()
      await queue.consume(listener.handle, { concurrency })
      const rings = hints(10)
      await queue.publish(rings)
      await until("as many calls as allowed are in hand", () => listener.inHand.now >= concurrency)
      await giveItTime()
      expect(listener.heard).toHaveLength(concurrency)
      listener.letOneGo()
      await until("the next ring is heard", () => listener.heard.length > concurrency)
      await giveItTime()
      expect(listener.heard).toHaveLength(concurrency + 1)
      listener.letAllGo()
      await listener.hears(rings)
      expect(listener.inHand.most).toBe(concurrency)
    })
  }

  test("counts the calls of each consumer for itself", async ({ queue, holdingListener }) => {
    const [one, two] = [holdingListener(), holdingListener()]
    await queue.consume(one.handle, { concurrency: 1 })
    await queue.consume(two.handle, { concurrency: 2 })
    const rings = hints(6)
    await queue.publish(rings)
    await until("both are busy", () => one.inHand.now >= 1 && two.inHand.now >= 2)
    await giveItTime()
    expect([one.inHand.most, two.inHand.most]).toEqual([1, 2])
    one.letAllGo()
    two.letAllGo()
    await until("all rings are heard", () => one.heard.length + two.heard.length >= 6)
  })

  test("leaves to an idle consumer what a busy one would let wait", async ({ queue, holdingListener }) => {
    const [busy, idle] = [holdingListener(), createListener()]
    await queue.consume(busy.handle, { concurrency: 1 })
    const first = hints(1)
    await queue.publish(first)
    await busy.hears(first)
    await queue.consume(idle.handle, { concurrency: 1 })
    const rest = hints(5)
    await queue.publish(rest)
    await idle.hears(rest)
    expect(busy.heard).toHaveLength(1)
    busy.letAllGo()
  })

  test("lets timers run while handlers that settle at once are rung for", async ({ queue }) => {
    let over = false
    // Each ring makes the next one: without a turn for others in between, the timer would wait for all of them.
    const listener = createListener(async ({ priority }) => {
      if (!over && priority < manyRings) await queue.publish(hints(1, priority + 1))
    })
    await queue.consume(listener.handle, { concurrency: 1 })
    await queue.publish(hints(1))
    await giveItTime(5)
    over = true
    expect(listener.heard.length).toBeLessThan(manyRings)
  })
}

const manyRings = 20_000
