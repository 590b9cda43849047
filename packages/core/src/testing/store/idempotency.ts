import { expect } from "vitest"
import { jobStates } from "../../lifecycle.js"
import { buildNewJob } from "../build-new-job.js"
import { enqueue, jobIn, read } from "./arrange.js"
import type { StoreTest } from "./store-test.js"

export function idempotencyTests(test: StoreTest): void {
  for (const state of jobStates) {
    test(`returns the ${state} job that has the idempotency key, and changes nothing`, async (context) => {
      const { store } = context
      const existing = await jobIn(state, context, { idempotencyKey: "once" })
      const again = buildNewJob({ idempotencyKey: "once", input: "another", priority: 9 })
      const [enqueued] = await store.enqueue([again])
      expect(enqueued).toEqual({ job: existing, added: false, displaced: [] })
      expect(await read(store, existing)).toEqual(existing)
      expect(await store.get(again.id)).toBeUndefined()
    })
  }

  test("keeps the idempotency keys of types and tenants apart", async ({ store }) => {
    const facts = { idempotencyKey: "once" }
    const enqueued = await store.enqueue([
      buildNewJob(facts),
      buildNewJob({ ...facts, type: "test.two" }),
      buildNewJob({ ...facts, tenant: "acme" }),
    ])
    expect(enqueued.map(({ added }) => added)).toEqual([true, true, true])
  })

  test("lets the idempotency key decide before the conflict key", async ({ store }) => {
    const first = await enqueue(store, { idempotencyKey: "once", conflictKey: "a" })
    const other = await enqueue(store, { conflictKey: "b" })
    const [enqueued] = await store.enqueue([
      buildNewJob({ idempotencyKey: "once", conflictKey: "b", onConflict: "replace" }),
    ])
    expect(enqueued).toMatchObject({ job: { id: first.id }, added: false, displaced: [] })
    expect(await read(store, other)).toEqual(other)
  })

  test("displaces nobody when the idempotency key is known", async ({ store }) => {
    await enqueue(store, { idempotencyKey: "once", exclusiveKey: "repository:1" })
    const bystander = await enqueue(store, { type: "test.two", exclusiveKey: "repository:1" })
    const [enqueued] = await store.enqueue([
      buildNewJob({ idempotencyKey: "once", exclusiveKey: "repository:1", preempts: true }),
    ])
    expect(enqueued).toMatchObject({ added: false, displaced: [] })
    expect(await read(store, bystander)).toEqual(bystander)
  })

  test("makes one job of two in the same call that have the same idempotency key", async ({ store }) => {
    const enqueued = await store.enqueue([1, 2].map((input) => buildNewJob({ idempotencyKey: "once", input })))
    expect(enqueued.map(({ added }) => added).sort()).toEqual([false, true])
    expect(new Set(enqueued.map(({ job }) => job.id)).size).toBe(1)
  })
}
