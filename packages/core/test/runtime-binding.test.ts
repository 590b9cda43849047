import { describe, expect, it } from "vitest"
import { z } from "zod"
import { AssayError, createMemoryQueue, defineJob, silentLogger } from "../src/index.js"
import type { Logger, Queue } from "../src/index.js"
import { until } from "../src/testing/until.js"
import { memoryParts, startRuntime } from "./helpers/memory-parts.js"

const task = defineJob({ type: "test.task", input: z.object({}) })

/** A queue that cannot be reached until the test says so. */
function unreachableQueue(): Queue & { comesBack(): void; readonly published: number } {
  const queue = createMemoryQueue()
  const listeners = new Set<() => void>()
  let [reachable, published] = [false, 0]
  const reach = (): void => {
    if (!reachable) throw new AssayError("UNAVAILABLE", "The queue is not there.", { retryable: true })
  }
  return {
    ...queue,
    async bind(identity) {
      reach()
      await queue.bind(identity)
    },
    async publish(hints) {
      reach()
      published += hints.length
      await queue.publish(hints)
    },
    onRestored(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    comesBack() {
      reachable = true
      for (const listener of listeners) listener()
    },
    get published() {
      return published
    },
  }
}

function recordingLogger(): Logger & { readonly lines: [level: string, message: string][] } {
  const lines: [string, string][] = []
  const record =
    (level: string): Logger["warn"] =>
    (_fields, message) =>
      void lines.push([level, message ?? ""])
  const logger = { ...silentLogger, lines, warn: record("warn"), error: record("error"), child: () => logger }
  return logger
}

describe("a runtime whose queue cannot be reached", () => {
  it("starts all the same, and works as soon as the queue is back", async () => {
    const queue = unreachableQueue()
    const logger = recordingLogger()
    const parts = { ...memoryParts(), queue, logger, busyEveryMs: 3_600_000, idleEveryMs: 3_600_000 }
    await using runtime = await startRuntime(parts, ({ worker }) => worker.handle(task, async () => undefined))
    expect(logger.lines).toEqual([["warn", expect.stringContaining("queue not reachable")]])
    const job = await runtime.client.enqueue(task, {})
    expect(await job.get()).toMatchObject({ state: "queued" })
    queue.comesBack()
    await job.result()
    await expect(queue.bind("another store")).rejects.toMatchObject({ code: "QUEUE_MISMATCH" })
  })

  it("rings no more when the queue turns out to be another store's", async () => {
    const queue = unreachableQueue()
    const logger = recordingLogger()
    await using runtime = await startRuntime({ ...memoryParts(), queue, logger, role: "api" })
    const bound = { ...queue }
    queue.comesBack()
    await until("it is bound", async () =>
      bound.bind("another store").then(
        () => false,
        () => true,
      ),
    )
    expect(logger.lines.filter(([level]) => level === "error")).toEqual([])

    const foreign = unreachableQueue()
    const other = recordingLogger()
    await using late = await startRuntime({ ...memoryParts(), queue: foreign, logger: other, role: "api" })
    const mismatched: Queue = foreign
    mismatched.bind = () => Promise.reject(new AssayError("QUEUE_MISMATCH", "It rings for another store."))
    foreign.comesBack()
    await until("somebody is told", () => other.lines.some(([level]) => level === "error"))
    const job = await late.client.enqueue(task, {})
    expect(foreign.published).toBe(0)
    expect(await job.get()).toMatchObject({ state: "queued" })
    expect(await runtime.client.list()).toMatchObject({ jobs: [] })
  })

  it("does not start when the queue is known to be another store's", async () => {
    const parts = memoryParts()
    await parts.queue.bind("another store")
    await expect(startRuntime(parts)).rejects.toMatchObject({ code: "QUEUE_MISMATCH" })
  })
})
