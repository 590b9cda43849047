import { describe, expect, it } from "vitest"
import { z } from "zod"
import { AssayError, createMemoryJobStore, defineJob, systemClock } from "../src/index.js"
import type { Clock, HandlerContext, JobReader, JobStore } from "../src/index.js"
import { gate, memoryParts, startRuntime, untilAborted } from "./helpers/memory-parts.js"

const task = defineJob({ type: "test.task", input: z.object({}), result: z.string(), crashes: 2, timeout: "1h" })
const unavailable = (): Promise<never> =>
  Promise.reject(new AssayError("UNAVAILABLE", "The store is not there.", { retryable: true }))

/** Time passes `factor` times as fast for whoever waits; measured time is multiplied accordingly. */
function hurriedClock(factor: number): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => systemClock.monotonic() * factor,
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
  }
}

function withFaults(store: JobStore & JobReader, faults: Partial<JobStore>): JobStore & JobReader {
  return { ...store, ...faults }
}

describe("a worker that shuts down", () => {
  it("lets a running job end within its grace", async () => {
    const started = gate()
    const go = gate()
    const runtime = await startRuntime(memoryParts(), ({ worker }) => {
      worker.handle(task, async () => {
        started.open()
        await go.promise
        return "in time"
      })
    })
    const job = await runtime.client.enqueue(task, {})
    await started.promise
    const stopped = runtime.stop({ graceMs: 60_000 })
    go.open()
    await stopped
    expect(await job.result()).toBe("in time")
  })

  it("releases what does not end, without spending an attempt, and another worker takes it up", async () => {
    const parts = memoryParts()
    const started = gate()
    const first = await startRuntime(parts, ({ worker }) => {
      worker.handle(task, async ({ signal }) => {
        started.open()
        return untilAborted(signal)
      })
    })
    const job = await first.client.enqueue(task, {})
    await started.promise
    await first.stop({ graceMs: 0 })
    expect(await job.get()).toMatchObject({ state: "queued", attempts: 0, crashes: 0, fence: 1 })
    await using _second = await startRuntime(parts, ({ worker }) => {
      worker.handle(task, async ({ attempt, fence }) => `attempt ${attempt}, fence ${fence}`)
    })
    expect(await job.result()).toBe("attempt 1, fence 2")
    expect((await parts.store.attempts(job.id)).map(({ outcome }) => outcome)).toEqual(["released", "succeeded"])
  })

  it("releases the job of a handler that does not heed its signal, whose later writes are then refused", async () => {
    const parts = memoryParts()
    const started = gate<HandlerContext<unknown, string>>()
    const go = gate()
    const runtime = await startRuntime({ ...parts, clock: hurriedClock(100) }, ({ worker }) => {
      worker.handle(task, async (context) => {
        started.open(context as never)
        await go.promise
        return "too late"
      })
    })
    const job = await runtime.client.enqueue(task, {})
    const context = await started.promise
    await runtime.stop({ graceMs: 0 })
    expect(await job.get()).toMatchObject({ state: "queued" })
    await expect(context.transaction(async () => undefined)).rejects.toMatchObject({ code: "CLOSED" })
    go.open()
    expect(await job.get()).toMatchObject({ state: "queued", fence: 1 })
  })

  it("may be stopped twice", async () => {
    const runtime = await startRuntime(memoryParts())
    await Promise.all([runtime.stop(), runtime.stop()])
  })
})

describe("a worker that is lost", () => {
  it.each(["transaction", "commit"] as const)("has its job taken over, and is refused its %s", async (write) => {
    const parts = memoryParts()
    const contexts: HandlerContext<unknown, string>[] = []
    const refusals: unknown[] = []
    const zombieStarted = gate()
    const wakeUp = gate()
    // A paused process neither sends heartbeats nor notices that time has passed.
    const paused = withFaults(parts.store, { heartbeat: () => new Promise(() => {}) })
    const frozen: Clock = { ...systemClock, monotonic: () => 0 }
    const zombie = await startRuntime(
      { ...parts, store: paused, leaseMs: 30, clock: frozen, concurrency: 1 },
      ({ worker }) => {
        worker.handle(task, async (context) => {
          contexts.push(context as never)
          zombieStarted.open()
          await wakeUp.promise
          const late: unknown = await context[write](async () => "from the zombie").catch((error: unknown) => error)
          refusals.push(late)
          throw late
        })
      },
    )
    const job = await zombie.client.enqueue(task, {})
    await zombieStarted.promise

    await using second = await startRuntime(parts, ({ worker }) => {
      worker.handle(task, async () => "from the second")
    })
    await second.client.job(job.id).result()
    wakeUp.open()
    await zombie.stop()
    expect(refusals).toEqual([expect.objectContaining({ code: "STALE_LEASE" })])
    expect(await job.get()).toMatchObject({ state: "succeeded", result: "from the second", crashes: 1, attempts: 1 })
    expect((await parts.store.attempts(job.id)).map(({ outcome }) => outcome)).toEqual(["lost", "succeeded"])
  })

  it("fences itself when the store does not confirm its lease in time", async () => {
    const parts = memoryParts()
    const aborted = gate<unknown>()
    const cutOff = withFaults(parts.store, { heartbeat: unavailable })
    const runtime = await startRuntime({ ...parts, store: cutOff, leaseMs: 60 }, ({ worker }) => {
      worker.handle(task, async ({ signal }) => {
        await untilAborted(signal).catch(aborted.open)
        throw signal.reason
      })
    })
    await runtime.client.enqueue(task, {})
    expect(await aborted.promise).toMatchObject({ code: "STALE_LEASE" })
    await runtime.stop({ graceMs: 0 })
  })

  it("hears of a cancel by its heartbeat when the notification was lost", async () => {
    const parts = memoryParts()
    const started = gate()
    const deaf = { ...parts, notifier: { ...parts.notifier, publish: async () => {} } }
    await using runtime = await startRuntime({ ...deaf, leaseMs: 600 }, ({ worker }) => {
      worker.handle(task, async ({ signal }) => {
        started.open()
        return untilAborted(signal)
      })
    })
    const job = await runtime.client.enqueue(task, {})
    await started.promise
    await job.cancel()
    await expect.poll(async () => (await job.get()).state, { timeout: 10_000 }).toBe("cancelled")
  })

  it("is taken its job when it overlooks that the time is over, although its heart goes on beating", async () => {
    const quick = hurriedClock(100)
    const begin = Date.now()
    const store = createMemoryJobStore({ clock: { now: () => begin + (Date.now() - begin) * 100 } })
    const parts = { ...memoryParts(), store }
    const short = defineJob({ type: "test.short", input: z.object({}), result: z.string(), timeout: "1s" })
    const overlooking: Clock = {
      ...quick,
      sleep: (ms, signal) => quick.sleep(ms === short.timeoutMs ? 3_600_000 : ms, signal),
    }
    const go = gate()
    await using runtime = await startRuntime({ ...parts, clock: overlooking }, ({ worker }) => {
      worker.handle(short, async ({ fence }) => {
        if (fence === 1) await go.promise
        return `fence ${fence}`
      })
    })
    const job = await runtime.client.enqueue(short, {})
    expect(await job.result()).toBe("fence 2")
    expect((await store.attempts(job.id)).map(({ outcome }) => outcome)).toEqual(["lost", "succeeded"])
    expect((await job.get()).crashes).toBe(1)
    go.open()
  })

  it("parks a job that was lost once too often, with that reason", async () => {
    const parts = memoryParts()
    const api = await startRuntime({ ...parts, role: "api" })
    const job = await api.client.enqueue(task, {})
    const claim = { worker: "doomed", queue: "default", types: ["test.task"], limit: 1, leaseMs: 1 }
    for (let crash = 0; crash < 2; crash++) {
      await expect.poll(async () => (await parts.store.claim(claim)).jobs).toHaveLength(1)
      await expect.poll(async () => (await job.get()).state).not.toBe("running")
    }
    await expect(job.result()).rejects.toMatchObject({
      code: "JOB_FAILED",
      message: expect.stringContaining("lost 2 times"),
    })
    expect(await job.get()).toMatchObject({
      state: "failed",
      crashes: 2,
      attempts: 0,
      failure: { code: "JOB_CRASHED" },
    })
    await api.stop()
  })
})

describe("an attempt", () => {
  it("is ended by its timeout", async () => {
    const short = defineJob({ type: "test.short", input: z.object({}), attempts: 1, timeout: "20ms" })
    await using runtime = await startRuntime(memoryParts(), ({ worker }) => {
      worker.handle(short, async ({ signal }) => untilAborted(signal))
    })
    const job = await runtime.client.enqueue(short, {})
    await expect(job.result()).rejects.toMatchObject({ code: "JOB_FAILED" })
    expect(await job.get()).toMatchObject({ failure: { code: "JOB_TIMEOUT", retryable: true } })
  })

  it("does not keep its job when the handler ignores the timeout", async () => {
    const short = defineJob({ type: "test.short", input: z.object({}), attempts: 1, timeout: "1s" })
    const never = gate()
    const runtime = await startRuntime({ ...memoryParts(), clock: hurriedClock(100) }, ({ worker }) => {
      worker.handle(short, () => never.promise as never)
    })
    const job = await runtime.client.enqueue(short, {})
    await expect(job.result()).rejects.toMatchObject({ code: "JOB_FAILED" })
    await runtime.stop()
  })

  it("completes together with the handler's last writes, or not at all", async () => {
    const parts = memoryParts()
    await using runtime = await startRuntime(parts, ({ worker }) => {
      worker.handle(task, async ({ commit, attempt }) =>
        commit(async () => {
          if (attempt === 1) throw new Error("while writing")
          return "both"
        }),
      )
    })
    const job = await runtime.client.enqueue(task, {})
    expect(await job.result()).toBe("both")
    expect((await parts.store.attempts(job.id)).map(({ outcome }) => outcome)).toEqual(["failed", "succeeded"])
  })

  it("is done when its commit was, although the answer was lost", async () => {
    const parts = memoryParts()
    let effects = 0
    const transaction: JobStore["transaction"] = async (work) => {
      await parts.store.transaction(work)
      throw new AssayError("UNAVAILABLE", "The connection broke.", { retryable: true })
    }
    await using runtime = await startRuntime(
      { ...parts, store: withFaults(parts.store, { transaction }) },
      ({ worker }) => {
        worker.handle(task, async ({ commit }) => commit(async () => `effect ${++effects}`))
      },
    )
    const job = await runtime.client.enqueue(task, {})
    expect(await job.result()).toBe("effect 1")
    expect((await job.get()).attempts).toBe(1)
  })

  it("is written down once the store answers again", async () => {
    const parts = memoryParts()
    let outages = 3
    const apply: JobStore["apply"] = (changes, transaction) =>
      changes.some(({ transition }) => transition === "complete") && outages-- > 0
        ? unavailable()
        : parts.store.apply(changes, transaction)
    await using runtime = await startRuntime({ ...parts, store: withFaults(parts.store, { apply }) }, ({ worker }) => {
      worker.handle(task, async () => "patient")
    })
    const job = await runtime.client.enqueue(task, {})
    expect(await job.result()).toBe("patient")
    expect((await job.get()).attempts).toBe(1)
  })
})

describe("a queue that cannot be reached", () => {
  it("loses no job: it is accepted, and started once the bell rings again", async () => {
    const parts = memoryParts()
    let down = true
    const queue = { ...parts.queue, publish: (hints: never) => (down ? unavailable() : parts.queue.publish(hints)) }
    await using runtime = await startRuntime({ ...parts, queue }, ({ worker }) => {
      worker.handle(task, async () => "rung late")
    })
    const job = await runtime.client.enqueue(task, {})
    expect(await job.get()).toMatchObject({ state: "queued" })
    down = false
    expect(await job.result()).toBe("rung late")
  })

  it("rings again at the start for what was queued before", async () => {
    const parts = memoryParts()
    const before = await startRuntime({ ...parts, role: "api" })
    const job = await before.client.enqueue(task, {})
    await before.stop()
    const { queue } = memoryParts()
    await using _after = await startRuntime({ ...parts, queue }, ({ worker }) => {
      worker.handle(task, async () => "after the restart")
    })
    expect(await job.result()).toBe("after the restart")
  })
})
