import { describe } from "vitest"
import { enqueueTests } from "./store/enqueue.js"
import type { StoreSuiteOptions, StoreTest } from "./store/store-test.js"
import { storeTest } from "./store/store-test.js"

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
  }
  describe(`${name} job store`, () => {
    for (const [part, declare] of Object.entries(parts)) describe(part, () => declare(test, options))
  })
}
