import { describe } from "vitest"
import { deliveryTests } from "./queue/delivery.js"
import { depthTests } from "./queue/depth.js"
import { pressureTests } from "./queue/pressure.js"
import type { QueueSuiteOptions, QueueTest } from "./queue/queue-test.js"
import { queueTest } from "./queue/queue-test.js"
import { bindingTests, sharingTests } from "./queue/sharing.js"
import { stoppingTests } from "./queue/stopping.js"

/**
 * Declares the tests that every queue has to pass. Call it at the top of a test file:
 *
 * ```ts
 * import { describeQueue } from "@assay/core/testing"
 *
 * describeQueue("mine", {
 *   create: async () => {
 *     const bell = await freshBell()
 *     return { queue: createMyQueue(bell), another: () => createMyQueue(bell) }
 *   },
 * })
 * ```
 */
export function describeQueue(name: string, options: QueueSuiteOptions): void {
  const test = queueTest(options)
  const parts: Record<string, (test: QueueTest, options: QueueSuiteOptions) => void> = {
    delivery: deliveryTests,
    "back-pressure": pressureTests,
    depth: depthTests,
    "stop and close": stoppingTests,
    binding: bindingTests,
    sharing: sharingTests,
  }
  describe(`${name} queue`, () => {
    for (const [part, declare] of Object.entries(parts)) describe(part, () => declare(test, options))
  })
}
