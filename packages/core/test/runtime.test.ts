import { describe, expect, it } from "vitest"
import { z } from "zod"
import { AssayError, createSealer, defineJob } from "../src/index.js"
import type { HandlerContext, JobEventType } from "../src/index.js"
import { gate, memoryParts, startRuntime, untilAborted } from "./helpers/memory-parts.js"

const greet = defineJob({
  type: "test.greet",
  input: z.object({ name: z.string() }),
  result: z.object({ text: z.string() }),
})
const visit = defineJob({
  type: "test.visit",
  input: z.object({ repositoryId: z.number(), round: z.number().optional() }),
  result: z.number(),
  repository: (input) => input.repositoryId,
  exclusiveKey: (input) => `repository:${input.repositoryId}`,
  onConflict: "coalesce",
})

async function collect(events: AsyncIterable<{ type: string }>): Promise<string[]> {
  const types: string[] = []
  for await (const event of events) types.push(event.type)
  return types
}

describe("a runtime", () => {
  it("runs a job, announces what happens and hands over the result", async () => {
    await using runtime = await startRuntime(memoryParts(), ({ worker }) => {
      worker.handle(greet, async ({ input }) => ({ text: `Hello ${input.name}` }))
    })
    const job = await runtime.client.enqueue(greet, { name: "Ada" })
    expect(await collect(job.events())).toEqual(["job.queued", "job.started", "job.succeeded"] satisfies JobEventType[])
    expect(await job.result()).toEqual({ text: "Hello Ada" })
  })

  it("refuses an input that does not fit, before anything is written", async () => {
    const parts = memoryParts()
    await using runtime = await startRuntime(parts)
    await expect(runtime.client.enqueue(greet, { name: 1 } as never)).rejects.toMatchObject({
      code: "INVALID_INPUT",
      issues: [{ path: ["name"] }],
    })
    expect((await parts.store.list()).jobs).toEqual([])
  })

  it("retries a foreign error with the attempts it has, and keeps every attempt", async () => {
    const parts = memoryParts()
    await using runtime = await startRuntime(parts, ({ worker }) => {
      worker.handle(greet, async ({ attempt }) => {
        if (attempt < 3) throw new Error(`attempt ${attempt} at https://user:pass@example.org/`)
        return { text: "done" }
      })
    })
    const job = await runtime.client.enqueue(greet, { name: "x" })
    expect(await job.result()).toEqual({ text: "done" })
    const attempts = await parts.store.attempts(job.id)
    expect(attempts.map(({ outcome }) => outcome)).toEqual(["failed", "failed", "succeeded"])
    expect(attempts[0]?.failure).toEqual({
      code: "HANDLER_FAILED",
      message: "attempt 1 at https://[redacted]@example.org/",
      retryable: true,
    })
  })

  it("fails a job at once on an error that no retry can mend, and lets a person redrive it", async () => {
    let broken = true
    await using runtime = await startRuntime(memoryParts(), ({ worker }) => {
      worker.handle(greet, async () => {
        if (broken) throw new AssayError("UNSUPPORTED", "Not like this.", { hint: "Otherwise." })
        return { text: "mended" }
      })
    })
    const job = await runtime.client.enqueue(greet, { name: "x" })
    await expect(job.result()).rejects.toMatchObject({
      code: "JOB_FAILED",
      message: "Not like this.",
      hint: "Otherwise.",
    })
    expect(await job.get()).toMatchObject({ state: "failed", attempts: 1, failure: { code: "UNSUPPORTED" } })
    broken = false
    await runtime.client.redrive(job.id)
    expect(await job.result()).toEqual({ text: "mended" })
    expect(await runtime.client.attempts(job.id)).toHaveLength(2)
    await expect(runtime.client.redrive(job.id)).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" })
  })

  it("parks a job whose attempts are spent as failed", async () => {
    await using runtime = await startRuntime(memoryParts(), ({ worker }) => {
      worker.handle(greet, () => Promise.reject(new Error("never")))
    })
    const job = await runtime.client.enqueue(greet, { name: "x" })
    await expect(job.result()).rejects.toMatchObject({ code: "JOB_FAILED" })
    expect(await job.get()).toMatchObject({ attempts: 3, maxAttempts: 3 })
  })

  it("refuses a result that its definition does not describe", async () => {
    await using runtime = await startRuntime(memoryParts(), ({ worker }) => {
      worker.handle(greet, async () => ({ text: 7 }) as never)
    })
    const job = await runtime.client.enqueue(greet, { name: "x" })
    await expect(job.result()).rejects.toMatchObject({
      message: expect.stringContaining("The result is not valid at text"),
    })
    expect(await job.get()).toMatchObject({ attempts: 1, failure: { code: "INVALID_INPUT" } })
  })

  it("stops a running job that is cancelled, and says why", async () => {
    const started = gate()
    const parts = memoryParts()
    await using api = await startRuntime({ ...parts, role: "api" })
    await using _worker = await startRuntime(parts, ({ worker }) => {
      worker.handle(greet, async ({ signal }) => {
        started.open()
        return untilAborted(signal)
      })
    })
    const job = await api.client.enqueue(greet, { name: "x" })
    await started.promise
    expect(await job.cancel("no longer needed")).toMatchObject({ state: "running" })
    await expect(job.result()).rejects.toMatchObject({
      code: "JOB_CANCELLED",
      message: expect.stringContaining("no longer needed"),
    })
    await expect(job.cancel()).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" })
  })

  it("cancels a job nobody works on at once", async () => {
    await using runtime = await startRuntime({ ...memoryParts(), role: "api" })
    const job = await runtime.client.enqueue(greet, { name: "x" })
    expect(await job.cancel()).toMatchObject({ state: "cancelled" })
    expect(await collect(job.events())).toEqual(["job.queued", "job.cancelled"])
  })

  it("lets success win over a cancel that came too late", async () => {
    const started = gate()
    const asked = gate()
    await using runtime = await startRuntime(memoryParts(), ({ worker }) => {
      worker.handle(greet, async () => {
        started.open()
        await asked.promise
        return { text: "done anyway" }
      })
    })
    const job = await runtime.client.enqueue(greet, { name: "x" })
    await started.promise
    await job.cancel()
    asked.open()
    expect(await job.result()).toEqual({ text: "done anyway" })
  })

  it("defers without spending an attempt or holding the worker", async () => {
    let asked = 0
    await using runtime = await startRuntime({ ...memoryParts(), concurrency: 1 }, ({ worker }) => {
      worker.handle(greet, async ({ defer, attempt }) => {
        expect(attempt).toBe(1)
        return ++asked < 3 ? defer("10ms") : { text: `asked ${asked} times` }
      })
    })
    const job = await runtime.client.enqueue(greet, { name: "x" })
    expect(await job.result()).toEqual({ text: "asked 3 times" })
    expect(await job.get()).toMatchObject({ attempts: 1, fence: 3 })
  })

  it("does not repeat a step that was done before the attempt failed", async () => {
    const calls: string[] = []
    await using runtime = await startRuntime(memoryParts(), ({ worker }) => {
      worker.handle(greet, async ({ step, attempt }) => {
        const first = await step("first", async () => {
          calls.push("first")
          return { at: 1 }
        })
        calls.push(`rest ${attempt}`)
        if (attempt === 1) throw new Error("in between")
        return { text: `step gave ${first.at}` }
      })
    })
    const job = await runtime.client.enqueue(greet, { name: "x" })
    expect(await job.result()).toEqual({ text: "step gave 1" })
    expect(calls).toEqual(["first", "rest 1", "rest 2"])
  })

  it("shows stages as events and progress in between", async () => {
    const seen = gate()
    await using runtime = await startRuntime(memoryParts(), ({ worker }) => {
      worker.handle(greet, async ({ stage, progress }) => {
        await stage("counting")
        progress(1, 4, "files")
        progress(2, 4, "files")
        await seen.promise
        return { text: "counted" }
      })
    })
    const job = await runtime.client.enqueue(greet, { name: "x" })
    const types: string[] = []
    for await (const event of job.events()) {
      types.push(event.type)
      if (event.type === "job.progress") {
        expect(event.data).toEqual({ done: 2, total: 4, percent: 50, unit: "files", stage: "counting" })
        seen.open()
      }
    }
    expect(types).toEqual(["job.queued", "job.started", "job.stage", "job.progress", "job.succeeded"])
  })

  it("keeps secrets sealed at rest, opens them for the handler, blots them out of errors and drops them", async () => {
    const parts = memoryParts()
    const running = gate()
    const looked = gate()
    const sealer = createSealer("a key that is long enough")
    await using runtime = await startRuntime({ ...parts, sealer }, ({ worker }) => {
      worker.handle(greet, async ({ secret }) => {
        running.open()
        await looked.promise
        const error = new AssayError("UNSUPPORTED", `cannot use ${await secret("token")}`)
        throw error
      })
    })
    const job = await runtime.client.enqueue(greet, { name: "x" }, { secrets: { token: "canary-4711" } })
    await running.promise
    expect(JSON.stringify(await parts.store.get(job.id))).not.toContain("canary-4711")
    expect((await job.get()).secrets.token).toMatch(/^v1\./)
    looked.open()
    await expect(job.result()).rejects.toMatchObject({ message: "cannot use [redacted]" })
    expect((await job.get()).secrets).toEqual({})
  })

  it("refuses secrets when it has no key to seal them with", async () => {
    await using runtime = await startRuntime({ ...memoryParts(), role: "api" })
    await expect(runtime.client.enqueue(greet, { name: "x" }, { secrets: { token: "t" } })).rejects.toMatchObject({
      code: "UNSUPPORTED",
    })
  })

  it("runs one job of an exclusive key at a time", async () => {
    let busy = 0
    let most = 0
    await using runtime = await startRuntime({ ...memoryParts(), concurrency: 8 }, ({ worker }) => {
      worker.handle(visit, async ({ stage }) => {
        most = Math.max(most, ++busy)
        await stage("visiting")
        busy--
        return 0
      })
    })
    const one = defineJob({ ...visitOptions, type: "test.visit" })
    const jobs = await Promise.all(
      Array.from({ length: 12 }, (_, round) => runtime.client.enqueue(one, { repositoryId: 1, round })),
    )
    await Promise.all(jobs.map((job) => job.result()))
    expect(most).toBe(1)
  })

  it("runs a coalesced job once more with the newest input", async () => {
    const started = gate()
    const go = gate()
    const rounds: (number | undefined)[] = []
    await using runtime = await startRuntime(memoryParts(), ({ worker }) => {
      worker.handle(visit, async ({ input }) => {
        rounds.push(input.round)
        started.open()
        await go.promise
        return input.round ?? 0
      })
    })
    const first = await runtime.client.enqueue(visit, { repositoryId: 1, round: 1 })
    await started.promise
    const second = await runtime.client.enqueue(visit, { repositoryId: 1, round: 2 })
    const third = await runtime.client.enqueue(visit, { repositoryId: 1, round: 3 })
    expect([second.id, second.deduplicated, third.id]).toEqual([first.id, true, first.id])
    go.open()
    await first.result()
    const { jobs } = await runtime.client.list({ repositoryId: 1 })
    const next = jobs.find((job) => job.id !== first.id)
    expect(next).toBeDefined()
    if (next) expect(await runtime.client.job(next.id).result()).toBe(3)
    expect(rounds).toEqual([1, 3])
  })

  it("starts jobs of higher priority first", async () => {
    const order: string[] = []
    const parts = memoryParts()
    const api = await startRuntime({ ...parts, role: "api" })
    const jobs = []
    for (const [name, priority] of [
      ["low", -1],
      ["first", 0],
      ["high", 5],
      ["second", 0],
    ] as const) {
      jobs.push(await api.client.enqueue(greet, { name }, { priority }))
    }
    await using _runtime = await startRuntime({ ...parts, concurrency: 1 }, ({ worker }) => {
      worker.handle(greet, async ({ input }) => {
        order.push(input.name)
        return { text: "" }
      })
    })
    await Promise.all(jobs.map((job) => job.result()))
    expect(order).toEqual(["high", "first", "second", "low"])
    await api.stop()
  })

  it("starts a scheduled job when its time has come", async () => {
    await using runtime = await startRuntime({ ...memoryParts(), busyEveryMs: 60_000 }, ({ worker }) => {
      worker.handle(greet, async () => ({ text: "in time" }))
    })
    const runAt = new Date(Date.now() + 60)
    const job = await runtime.client.enqueue(greet, { name: "x" }, { runAt })
    expect(await job.get()).toMatchObject({ state: "scheduled" })
    await job.result()
    expect((await job.get()).startedAt?.getTime()).toBeGreaterThanOrEqual(runAt.getTime() - 5)
  })

  it("finds at the next sweep what a queue that has gone deaf does not ring for", async () => {
    const parts = memoryParts()
    const deaf = { ...parts.queue, publish: async () => {} }
    await using runtime = await startRuntime({ ...parts, queue: deaf, busyEveryMs: 50 }, ({ worker }) => {
      worker.handle(greet, async ({ input }) => ({ text: input.name }))
    })
    const jobs = await Promise.all(["a", "b", "c"].map((name) => runtime.client.enqueue(greet, { name })))
    expect(await Promise.all(jobs.map((job) => job.result()))).toEqual([{ text: "a" }, { text: "b" }, { text: "c" }])
  })

  it("makes one job of two requests with the same idempotency key, and refuses another input under it", async () => {
    await using runtime = await startRuntime({ ...memoryParts(), role: "api" })
    const [one, two] = await Promise.all(
      ["a", "a"].map((name) => runtime.client.enqueue(greet, { name }, { idempotencyKey: "k" })),
    )
    expect(two?.id).toBe(one?.id)
    await expect(runtime.client.enqueue(greet, { name: "b" }, { idempotencyKey: "k" })).rejects.toMatchObject({
      code: "IDEMPOTENCY_MISMATCH",
    })
  })

  it("hides one tenant's jobs from another", async () => {
    await using runtime = await startRuntime({ ...memoryParts(), role: "api" })
    const job = await runtime.client.enqueue(greet, { name: "x" })
    const stranger = runtime.client.forTenant("stranger")
    expect(await stranger.get(job.id)).toBeUndefined()
    await expect(stranger.cancel(job.id)).rejects.toMatchObject({ code: "JOB_NOT_FOUND" })
    expect((await stranger.list()).jobs).toEqual([])
  })

  it("ends a wait when its caller's signal aborts; the job goes on", async () => {
    const started = gate<HandlerContext>()
    const go = gate()
    await using runtime = await startRuntime(memoryParts(), ({ worker }) => {
      worker.handle(greet, async (context) => {
        started.open(context as never)
        await go.promise
        return { text: "went on" }
      })
    })
    const job = await runtime.client.enqueue(greet, { name: "x" })
    await started.promise
    const waiting = new AbortController()
    const result = job.result({ signal: waiting.signal })
    waiting.abort()
    await expect(result).rejects.toMatchObject({ code: "ABORTED" })
    go.open()
    expect(await job.result()).toEqual({ text: "went on" })
  })
})

const visitOptions = {
  input: z.object({ repositoryId: z.number(), round: z.number().optional() }),
  result: z.number(),
  exclusiveKey: (input: { repositoryId: number }) => `repository:${input.repositoryId}`,
  onConflict: "allow",
} as const
