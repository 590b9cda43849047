import { hostname } from "node:os"
import { describe, expect, it } from "vitest"
import { z } from "zod"
import { createMemoryQueue, createMemoryWorkerRegistry, createRuntime, defineJob } from "../src/index.js"
import type { RuntimeOptions, WorkerRegistry } from "../src/index.js"
import { gate, memoryParts } from "./helpers/memory-parts.js"

const wait = defineJob({ type: "test.wait", input: z.object({}), onConflict: "allow" })
const parse = defineJob({ type: "test.parse", input: z.object({}), queue: "analysis" })

function arrange(options: Partial<RuntimeOptions> = {}) {
  const parts = memoryParts()
  const workers = createMemoryWorkerRegistry({ jobs: parts.store })
  const queue = { default: parts.queue, analysis: createMemoryQueue() }
  const runtime = createRuntime({ ...parts, queue, workers, ...options })
  const go = gate()
  runtime.worker.handle(wait, () => go.promise.then(() => undefined))
  runtime.worker.handle(parse, async () => undefined)
  return { runtime, workers, go }
}

describe("a worker", () => {
  it("is known while it lives: what it listens to, how busy it is, and that it stops", async () => {
    const { runtime, workers, go } = arrange({ concurrency: { default: 2 } })
    expect(await workers.live()).toEqual([])
    await runtime.start()
    await expect.poll(() => workers.live()).toHaveLength(1)
    const [worker] = await workers.live()
    expect(worker).toMatchObject({
      ...{ id: runtime.worker.id, host: hostname(), pid: process.pid, stopping: false, busy: 0 },
      queues: [
        { name: "default", concurrency: 2, types: ["test.wait"] },
        { name: "analysis", concurrency: 5, types: ["test.parse"] },
      ],
    })
    await runtime.client.enqueue(wait, {})
    await expect.poll(async () => (await workers.live())[0]?.busy).toBe(1)
    const stopped = runtime.stop()
    await expect.poll(async () => (await workers.live())[0]?.stopping).toBe(true)
    go.open()
    await stopped
    expect(await workers.live()).toEqual([])
  })

  it("reports three times within what it is believed for", async () => {
    const { runtime, workers } = arrange({ leaseMs: 300 })
    await using running = runtime
    await running.start()
    await expect.poll(() => workers.live()).toHaveLength(1)
    const [first] = await workers.live()
    await expect
      .poll(async () => Number((await workers.live())[0]?.seenAt) - Number(first?.seenAt))
      .toBeGreaterThanOrEqual(400)
    expect((await workers.live())[0]?.startedAt).toEqual(first?.startedAt)
  })

  it("works on when the registry fails, and stops when it hangs", async () => {
    const failing: WorkerRegistry = {
      report: () => Promise.reject(new Error("no")),
      live: async () => [],
      leave: () => new Promise(() => {}),
    }
    const { runtime, go } = arrange({ workers: failing })
    await runtime.start()
    go.open()
    await (await runtime.client.enqueue(wait, {})).result()
    await runtime.stop()
  })

  it("is not there in a process that only asks for work", async () => {
    const { runtime, workers } = arrange({ role: "api" })
    await runtime.start()
    await runtime.stop()
    expect(await workers.live()).toEqual([])
  })
})
