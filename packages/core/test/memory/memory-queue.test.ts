import { describe, expect, it } from "vitest"
import { createMemoryQueue, newJobId, silentLogger } from "@assay/core"
import type { Hint } from "@assay/core"
import { describeQueue } from "@assay/core/testing"

describeQueue("memory", { create: () => ({ queue: createMemoryQueue() }), supports: { sharing: false } })

describe("the memory queue", () => {
  it("keeps one ring for each job", async () => {
    const queue = createMemoryQueue()
    const hint: Hint = { jobId: newJobId(), priority: 0 }
    await queue.publish([hint, hint, { jobId: newJobId(), priority: 0 }, hint])
    expect(await queue.depth()).toBe(2)
    await queue.close()
  })

  it("keeps no more rings than it is told to", async () => {
    const queue = createMemoryQueue({ mostRings: 2 })
    await queue.publish([1, 2, 3].map((priority) => ({ jobId: newJobId(), priority })))
    expect(await queue.depth()).toBe(2)
    await queue.close()
  })

  it("tells its logger of a handler that rejects", async () => {
    const told: unknown[] = []
    const logger = { ...silentLogger, error: (fields: object) => void told.push(fields) }
    const queue = createMemoryQueue({ logger })
    const error = new Error("a bug of the caller")
    const hint: Hint = { jobId: newJobId(), priority: 0 }
    await queue.consume(() => Promise.reject(error), { concurrency: 1 })
    await queue.publish([hint])
    await expect.poll(() => told).toEqual([{ error, jobId: hint.jobId }])
    await queue.close()
  })
})
