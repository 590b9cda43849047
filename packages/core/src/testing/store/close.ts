import { expect } from "vitest"
import { enqueue } from "./arrange.js"
import type { StoreSuiteOptions, StoreTest } from "./store-test.js"
import { openStore } from "./store-test.js"

export function closeTests(test: StoreTest, options: StoreSuiteOptions): void {
  test("has a name, and an identity that stays the same", async ({ store }) => {
    expect(store.name).toMatch(/\S/)
    const identity = await store.identity()
    expect(identity).toMatch(/\S/)
    await enqueue(store)
    expect(await store.identity()).toBe(identity)
  })

  test("can be closed twice", async ({ store }) => {
    await enqueue(store)
    await store.close()
    await store.close()
  })

  test("shares nothing with a store made before it", async ({ store }) => {
    const job = await enqueue(store)
    await using other = await openStore(options)
    expect(await other.store.get(job.id)).toBeUndefined()
    expect((await other.store.list()).jobs).toEqual([])
    expect(await other.store.feed({})).toEqual([])
    expect(await other.store.sweep({ limit: 10, redispatchAfterMs: 0 })).toMatchObject({ undispatched: [] })
  })
}
