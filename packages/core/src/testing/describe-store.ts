import { describe } from "vitest"
import { propertyTests } from "./model/property.js"
import { cancelTests } from "./store/cancel.js"
import { claimTests } from "./store/claim.js"
import { closeTests } from "./store/close.js"
import { concurrencyTests } from "./store/concurrency.js"
import { conflictTests } from "./store/conflict.js"
import { effectTests } from "./store/effects.js"
import { enqueueTests } from "./store/enqueue.js"
import { eventTests } from "./store/events.js"
import { exclusiveTests } from "./store/exclusive.js"
import { forgettingTests } from "./store/forgetting.js"
import { guardTests } from "./store/guards.js"
import { idempotencyTests } from "./store/idempotency.js"
import { leaseTests } from "./store/leases.js"
import { limitTests } from "./store/limits.js"
import { listingTests } from "./store/listing.js"
import { pausingTests } from "./store/pausing.js"
import type { StoreSuiteOptions, StoreTest } from "./store/store-test.js"
import { storeTest } from "./store/store-test.js"
import { sweepTests } from "./store/sweeping.js"
import { transactionTests } from "./store/transaction.js"

/**
 * Declares the tests that every job store has to pass, inside a `describe` of its own. Call it at the top of a test file:
 *
 * ```ts
 * import { describeStore } from "@assay/core/testing"
 *
 * describeStore("mine", { create: (clock) => createMyStore({ clock }) })
 * ```
 */
export function describeStore(name: string, options: StoreSuiteOptions): void {
  const test = storeTest(options)
  const parts: Record<string, (test: StoreTest, options: StoreSuiteOptions) => void> = {
    enqueue: enqueueTests,
    "idempotency keys": idempotencyTests,
    "conflict keys": conflictTests,
    claim: claimTests,
    "exclusive keys": exclusiveTests,
    limits: limitTests,
    "paused queues": pausingTests,
    "guards of apply": guardTests,
    "effects of apply": effectTests,
    cancel: cancelTests,
    leases: leaseTests,
    sweep: sweepTests,
    "events and steps": eventTests,
    forgetting: forgettingTests,
    transaction: transactionTests,
    "lists and counts": listingTests,
    concurrency: concurrencyTests,
    close: closeTests,
  }
  describe(`${name} job store`, () => {
    for (const [part, declare] of Object.entries(parts)) describe(part, () => declare(test, options))
    describe("random histories", () => propertyTests(options))
  })
}
