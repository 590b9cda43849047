import { describe, expect } from "vitest"
import { newJobId } from "../job-id.js"
import type { Notification } from "../notifier.js"
import { describeIf } from "./describe-if.js"
import { aJob, listenTo, notifierTest, numbered } from "./notifier/notifier-test.js"
import type { NotifierSuiteOptions, NotifierTest } from "./notifier/notifier-test.js"
import { giveItTime, until } from "./until.js"

/**
 * Declares the tests that every notifier has to pass. Call it at the top of a test file, as `describeQueue`.
 * A notifier may lose what it carries when a connection breaks; here none does, so all has to arrive, once, in order.
 */
export function describeNotifier(name: string, options: NotifierSuiteOptions): void {
  const test = notifierTest(options)
  describe(`${name} notifier`, () => {
    describe("delivery", () => deliveryTests(test))
    describe("close", () => closeTests(test))
    const sharing = options.supports?.sharing !== false
    describeIf(sharing, { name: "in two processes", otherwise: "this notifier stays within one" }, () =>
      sharingTests(test),
    )
  })
}

function deliveryTests(test: NotifierTest): void {
  test("tells a listener what is published, word for word", async ({ notifier }) => {
    const listener = await listenTo(notifier)
    const published: Notification[] = [
      { kind: "event", jobId: newJobId(), number: 1 },
      { kind: "progress", jobId: newJobId(), number: 0 },
      { kind: "cancel", jobId: newJobId(), number: 2 ** 40 },
    ]
    await notifier.publish(published)
    await listener.hears(published)
  })

  test("tells what one publisher says in its order", async ({ notifier }) => {
    const listener = await listenTo(notifier)
    const published = numbered(300)
    for (let start = 0; start < 300; start += 7) await notifier.publish(published.slice(start, start + 7))
    await listener.hears(published)
  })

  test("keeps the order also when the publisher does not wait", async ({ notifier }) => {
    const listener = await listenTo(notifier)
    const published = numbered(100)
    await Promise.all(published.map((notification) => notifier.publish([notification])))
    await listener.hears(published)
  })

  test("carries thousands at once", async ({ notifier }) => {
    const listener = await listenTo(notifier)
    const published = numbered(5000)
    await notifier.publish(published)
    await listener.hears(published)
  })

  test("has nothing to tell when nothing is published", async ({ notifier }) => {
    const listener = await listenTo(notifier)
    await notifier.publish([])
    await notifier.publish(numbered(1))
    await listener.hears(numbered(1))
  })

  test("tells a listener only what its filter matches", async ({ notifier }) => {
    const other = newJobId()
    const published = [
      ...numbered(1),
      ...numbered(1, { kind: "cancel" }),
      ...numbered(1, { jobId: other }),
      ...numbered(1, { kind: "cancel", jobId: other }),
    ]
    const all = await listenTo(notifier)
    const cancels = await listenTo(notifier, { kind: "cancel" })
    const one = await listenTo(notifier, { jobId: other })
    const both = await listenTo(notifier, { kind: "cancel", jobId: other })
    await notifier.publish(published)
    await all.hears(published)
    await cancels.hears(published.filter(({ kind }) => kind === "cancel"))
    await one.hears(published.filter(({ jobId }) => jobId === other))
    await both.hears(published.slice(3))
  })

  test("does not let a listener that throws disturb the others", async ({ notifier }) => {
    let thrown = 0
    await notifier.subscribe({}, () => {
      thrown++
      throw new Error("a bug of the listener")
    })
    const listener = await listenTo(notifier)
    await notifier.publish(numbered(3))
    await listener.hears(numbered(3))
    expect(thrown).toBe(3)
  })

  test("keeps the order when a listener publishes", async ({ notifier }) => {
    await notifier.subscribe({ kind: "event" }, ({ number }) => {
      if (number < 100) void notifier.publish(numbered(1, { kind: "progress", number: number + 100 }))
    })
    const listener = await listenTo(notifier)
    await notifier.publish(numbered(2))
    await until("all are heard", () => listener.heard.length >= 4)
    const position = (number: number): number => listener.heard.findIndex((each) => each.number === number)
    expect(position(1)).toBeLessThan(position(2))
    expect(position(1)).toBeLessThan(position(101))
    expect(position(101)).toBeLessThan(position(102))
  })
}

function closeTests(test: NotifierTest): void {
  test("tells a listener nothing after its subscription was closed, twice if need be", async ({ notifier }) => {
    const gone = await listenTo(notifier)
    const listener = await listenTo(notifier)
    await gone.close()
    await gone.close()
    await notifier.publish(numbered(2))
    await listener.hears(numbered(2))
    expect(gone.heard).toEqual([])
  })

  test("lets one of two equal subscriptions go on when the other is closed", async ({ notifier }) => {
    const heard: Notification[] = []
    const listener = (notification: Notification): void => void heard.push(notification)
    const first = await notifier.subscribe({ jobId: aJob }, listener)
    await notifier.subscribe({ jobId: aJob }, listener)
    await first.close()
    await notifier.publish(numbered(1))
    await until("it is heard", () => heard.length > 0)
    await giveItTime()
    expect(heard).toEqual(numbered(1))
  })

  test("can be closed twice, and tells nothing then", async ({ notifier }) => {
    const listener = await listenTo(notifier)
    await Promise.all([notifier.close(), notifier.close()])
    await notifier.close()
    await notifier.publish(numbered(1)).catch(() => {})
    await giveItTime()
    expect(listener.heard).toEqual([])
    await listener.close()
  })

  test("has a name", async ({ notifier }) => {
    expect(notifier.name).toMatch(/\S/)
  })
}

function sharingTests(test: NotifierTest): void {
  test("tells in each what is published in either, once", async ({ notifier, another }) => {
    const other = await another()
    const here = await listenTo(notifier)
    const there = await listenTo(other)
    await notifier.publish(numbered(3))
    await here.hears(numbered(3))
    await there.hears(numbered(3))
    await other.publish(numbered(3, { number: 4 }))
    await here.hears(numbered(6))
    await there.hears(numbered(6))
    await giveItTime()
    expect([here.heard.length, there.heard.length]).toEqual([6, 6])
  })

  test("keeps the order of each publisher when both publish at once", async ({ notifier, another }) => {
    const other = await another()
    const listener = await listenTo(notifier)
    const [ours, theirs] = [numbered(50), numbered(50, { jobId: newJobId() })]
    await Promise.all([
      ...ours.map((notification) => notifier.publish([notification])),
      ...theirs.map((notification) => other.publish([notification])),
    ])
    await until("all are heard", () => listener.heard.length >= 100)
    expect(listener.heard.filter(({ jobId }) => jobId === aJob)).toEqual(ours)
    expect(listener.heard.filter(({ jobId }) => jobId !== aJob)).toEqual(theirs)
  })

  test("applies the filter of the listener, wherever it was published", async ({ notifier, another }) => {
    const other = await another()
    const cancels = await listenTo(other, { kind: "cancel", jobId: aJob })
    await notifier.publish([...numbered(2), ...numbered(1, { kind: "cancel" })])
    await cancels.hears(numbered(1, { kind: "cancel" }))
  })

  test("goes on in one when the other is closed", async ({ notifier, another }) => {
    const other = await another()
    const listener = await listenTo(other)
    await notifier.close()
    await other.publish(numbered(1))
    await listener.hears(numbered(1))
  })
}
