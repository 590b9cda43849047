import { describe, expect, it } from "vitest"
import { z } from "zod"
import { defineJob, newJobId } from "../src/index.js"
import type { Runtime } from "../src/index.js"
import { giveItTime, until } from "../src/testing/until.js"
import { gate, memoryParts, startRuntime } from "./helpers/memory-parts.js"

const input = z.object({ host: z.string().default("a") })
const fetchPage = defineJob({
  type: "page.fetch",
  input,
  limits: { concurrency: 3, perKey: { key: ({ host }) => host, concurrency: 1 } },
})
const single = defineJob({ type: "test.single", input, limits: { concurrency: 1 }, crashes: 1 })
const plain = defineJob({ type: "test.plain", input, priority: 9 })
const rated = defineJob({ type: "test.rated", input, limits: { rate: { starts: 2, per: "300ms" } } })

/** Sweeps so seldom that a test would time out before one of them rings for what waits. */
const withoutSweeps = { busyEveryMs: 3_600_000, idleEveryMs: 3_600_000 }

describe("types with limits", () => {
  it("never run more often at once than they may, over two runtimes", async () => {
    const parts = memoryParts()
    const running: string[] = []
    const seen: string[][] = []
    const register = ({ worker }: Runtime): void => {
      worker.handle(fetchPage, async ({ input: { host } }) => {
        running.push(host)
        seen.push([...running])
        await new Promise((resolve) => setTimeout(resolve, 2))
        running.splice(running.indexOf(host), 1)
      })
    }
    await using first = await startRuntime({ ...parts, ...withoutSweeps }, register)
    await using second = await startRuntime({ ...parts, ...withoutSweeps }, register)
    const hosts = ["a", "b", "c", "d", "e"]
    const jobs = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 ? first : second).client.enqueue(fetchPage, { host: hosts[index % 5] ?? "a" }),
      ),
    )
    await Promise.all(jobs.map((job) => job.result()))
    expect(seen).toHaveLength(40)
    expect(Math.max(...seen.map((each) => each.length))).toBe(3)
    expect(seen.every((each) => new Set(each).size === each.length)).toBe(true)
  })

  it("begin no more than may be in progress, also while those wait for something outside", async () => {
    const parts = memoryParts()
    const asked = new Map<string, number>()
    const begun = new Set<string>()
    let most = 0
    const patient = defineJob({ type: "test.patient", input, limits: { inProgress: 2 } })
    await using runtime = await startRuntime({ ...parts, concurrency: 5 }, ({ worker }) => {
      worker.handle(patient, async ({ jobId, defer }) => {
        begun.add(jobId)
        most = Math.max(most, begun.size)
        const times = (asked.get(jobId) ?? 0) + 1
        asked.set(jobId, times)
        if (times < 3) return defer(20)
        begun.delete(jobId)
        return undefined
      })
    })
    const jobs = await Promise.all([1, 2, 3, 4, 5, 6].map(() => runtime.client.enqueue(patient, { host: "a" })))
    await Promise.all(jobs.map((job) => job.result()))
    expect(most).toBe(2)
    expect([...asked.values()]).toEqual([3, 3, 3, 3, 3, 3])
    expect((await jobs[5]?.get())?.attempts, "waiting spends no attempt").toBe(1)
  })

  it("start as often as their rate allows, without anybody ringing", async () => {
    const parts = memoryParts()
    await using runtime = await startRuntime({ ...parts, ...withoutSweeps }, ({ worker }) => {
      worker.handle(rated, async () => undefined)
    })
    const jobs = await Promise.all(Array.from({ length: 6 }, () => runtime.client.enqueue(rated, { host: "a" })))
    await Promise.all(jobs.map((job) => job.result()))
    const attempts = await Promise.all(jobs.map((job) => parts.store.attempts(job.id)))
    const starts = attempts.flatMap((each) => each.map(({ startedAt }) => startedAt.getTime())).sort()
    expect(starts).toHaveLength(6)
    for (const [index, at] of starts.entries()) {
      const before = starts[index - 2]
      if (before !== undefined) expect(at - before).toBeGreaterThanOrEqual(300)
    }
  })

  it("leave a place to others when the worker that had it stops", async () => {
    const parts = memoryParts()
    const [started, go] = [gate(), gate()]
    const first = await startRuntime({ ...parts, ...withoutSweeps }, ({ worker }) => {
      worker.handle(single, async () => {
        started.open()
        await go.promise
      })
    })
    await first.client.enqueue(single, { host: "a" })
    await started.promise
    await using second = await startRuntime({ ...parts, ...withoutSweeps }, ({ worker }) => {
      worker.handle(single, async () => undefined)
    })
    const waiting = await second.client.enqueue(single, { host: "a" })
    await until("nobody can take it", async () => (await parts.queue.depth()) === 0)
    const stopped = first.stop({ graceMs: 20_000 })
    go.open()
    await stopped
    await waiting.result()
    expect((await parts.store.attempts(waiting.id)).map(({ worker }) => worker)).toEqual([second.worker.id])
  })

  it("leave a place to others when the worker that had it goes on with something else", async () => {
    const parts = memoryParts()
    const [started, go, end] = [gate(), gate(), gate()]
    await using _first = await startRuntime({ ...parts, ...withoutSweeps, concurrency: 1 }, ({ worker }) => {
      worker.handle(single, async () => {
        started.open()
        await go.promise
      })
      worker.handle(plain, () => end.promise as Promise<undefined>)
    })
    await _first.client.enqueue(single, { host: "a" })
    await started.promise
    await using second = await startRuntime({ ...parts, ...withoutSweeps }, ({ worker }) => {
      worker.handle(single, async () => undefined)
    })
    const waiting = await second.client.enqueue(single, { host: "a" })
    const better = await second.client.enqueue(plain, { host: "a" })
    await until("nobody can take either", async () => (await parts.queue.depth()) === 0)
    go.open()
    await waiting.result()
    expect(await better.get()).toMatchObject({ state: "running" })
    end.open()
  })

  it("leave a place to others when the job that had it is parked", async () => {
    const parts = memoryParts()
    await using runtime = await startRuntime(parts, ({ worker }) => {
      worker.handle(single, async () => undefined)
    })
    const doomed = { type: single.type, limits: { [single.type]: single.limits }, queue: "default" }
    await parts.store.pause("default")
    const lost = await runtime.client.enqueue(single, { host: "a" })
    await until("nobody takes it", async () => (await parts.queue.depth()) === 0)
    await parts.store.resume("default")
    const request = { ...doomed, types: [single.type], worker: "doomed", limit: 1, leaseMs: 700 }
    expect((await parts.store.claim(request)).jobs).toMatchObject([{ id: lost.id }])
    const waiting = await runtime.client.enqueue(single, { host: "a" })
    await waiting.result()
    expect(await lost.get()).toMatchObject({ state: "failed", failure: { code: "JOB_CRASHED" } })
  })

  it("are asked for by another worker when the one that waited for their rate stops", async () => {
    const parts = memoryParts()
    const slow = defineJob({ type: "test.slow", input, limits: { rate: { starts: 1, per: "3s" } } })
    const register = ({ worker }: Runtime): void => worker.handle(slow, async () => undefined)
    const first = await startRuntime({ ...parts, ...withoutSweeps }, register)
    const jobs = await Promise.all([1, 2].map(() => first.client.enqueue(slow, { host: "a" })))
    await until("one waits, and was rung for", async () => {
      const { undispatched } = await parts.store.sweep({ limit: 10, redispatchAfterMs: 60_000 })
      return (await parts.store.counts()).succeeded === 1 && undispatched.length === 0
    })
    // A queue whose rings outlive its process is not rung everything on when a runtime starts.
    const durable = { ...parts.queue, durable: true }
    await using second = await startRuntime({ ...parts, queue: durable, ...withoutSweeps }, register)
    await first.stop()
    await Promise.all(jobs.map((job) => second.client.job(job.id).result()))
  })

  it("keep within the concurrency of their queue when their rate lets them start", async () => {
    const parts = memoryParts()
    const go = gate()
    await using runtime = await startRuntime({ ...parts, ...withoutSweeps, concurrency: 2 }, ({ worker }) => {
      worker.handle(rated, async () => undefined)
      worker.handle(plain, () => go.promise as Promise<undefined>)
    })
    const jobs = await Promise.all([1, 2, 3].map(() => runtime.client.enqueue(rated, { host: "a" })))
    await until("one waits for the rate", async () => (await parts.store.counts()).succeeded === 2)
    const others = await Promise.all([1, 2].map(() => runtime.client.enqueue(plain, { host: "a" })))
    await until("there is no place", () => runtime.worker.busy === 2)
    await giveItTime(400)
    expect(await parts.store.counts()).toMatchObject({ running: 2, queued: 1, succeeded: 2 })
    go.open()
    await Promise.all([...jobs, ...others].map((job) => job.result()))
  })
})

describe("a client", () => {
  it("pauses a queue and resumes it, for everybody", async () => {
    const parts = memoryParts()
    await using runtime = await startRuntime({ ...parts, ...withoutSweeps }, ({ worker }) => {
      worker.handle(plain, async () => undefined)
    })
    const other = runtime.client.forTenant("acme")
    await runtime.client.pause("default")
    const jobs = await Promise.all(
      [runtime.client, other].flatMap((client) => [1, 2, 3].map(() => client.enqueue(plain, { host: "a" }))),
    )
    await until("the rings were heard in vain", async () => (await parts.queue.depth()) === 0)
    expect((await parts.store.counts()).queued).toBe(6)
    expect(await parts.store.paused()).toEqual(["default"])
    await other.resume("default")
    await Promise.all(jobs.map((job) => job.result()))
  })

  it("drains a queue of its own jobs that nobody works on, and can redrive them", async () => {
    const parts = memoryParts()
    const [started, go] = [gate(), gate()]
    await using runtime = await startRuntime({ ...parts, ...withoutSweeps, concurrency: 1 }, ({ worker }) => {
      worker.handle(plain, async () => {
        started.open()
        await go.promise
      })
    })
    const running = await runtime.client.enqueue(plain, { host: "a" })
    await started.promise
    const queued = await Promise.all(Array.from({ length: 600 }, () => runtime.client.enqueue(plain, { host: "a" })))
    const later = await runtime.client.enqueue(plain, { host: "a" }, { runAt: new Date(Date.now() + 3_600_000) })
    const foreign = await runtime.client.forTenant("acme").enqueue(plain, { host: "a" })
    const drained = await runtime.client.drain("default", "not wanted")
    expect([...drained].sort()).toEqual([...queued, later].map(({ id }) => id).sort())
    expect(await later.get()).toMatchObject({ state: "cancelled", cancelReason: "not wanted" })
    await expect(later.result()).rejects.toMatchObject({ code: "JOB_CANCELLED" })
    expect(await running.get()).toMatchObject({ state: "running", cancelRequestedAt: undefined })
    expect(await runtime.client.drain("elsewhere")).toEqual([])
    go.open()
    await foreign.result()
    await runtime.client.redrive(later.id)
    await later.result()
  })

  it("tells those who follow a job that it was drained", async () => {
    const parts = memoryParts()
    await using runtime = await startRuntime({ ...parts, role: "api" })
    const job = await runtime.client.enqueue(plain, { host: "a" })
    const types: string[] = []
    const followed = (async () => {
      for await (const event of job.events()) types.push(event.type)
    })()
    await until("it is followed", () => types.length === 1)
    await runtime.client.drain("default")
    await followed
    expect(types).toEqual(["job.queued", "job.cancelled"])
  })

  it("has no schedules unless it is given a store for them", async () => {
    await using runtime = await startRuntime({ ...memoryParts(), role: "api" })
    await expect(runtime.client.schedules.list()).rejects.toMatchObject({ code: "UNSUPPORTED" })
    await expect(runtime.client.discard(newJobId())).rejects.toMatchObject({ code: "JOB_NOT_FOUND" })
  })
})
