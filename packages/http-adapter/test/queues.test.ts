import { describe, expect, it } from "vitest"
import { buildApp, definitions } from "./helpers/build-app.js"
import type { TestApp } from "./helpers/build-app.js"
import { aGate } from "./helpers/gate.js"

async function get(test: TestApp, path: string) {
  return (await test.app.inject(`/api/v1/${path}`)).json()
}

async function post(test: TestApp, path: string, payload?: object) {
  return test.app.inject({ method: "POST", url: `/api/v1/${path}`, ...(payload ? { payload } : {}) })
}

/** Jobs that wait, each on a repository of its own. */
async function waiting(test: TestApp, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let number = 0; number < count; number++) {
    const { id } = await test.aRepository({ url: `owner/waiting-${number}` })
    ids.push((await test.runtime.client.enqueue(definitions.index, { repositoryId: id })).id)
  }
  return ids
}

describe("GET /api/v1/workers", () => {
  it("shows the workers that live, and how busy they are", async () => {
    await using test = await buildApp()
    expect(await get(test, "workers")).toEqual({ data: [] })
    const [started, finish] = [aGate(), aGate()]
    await test.work(async () => {
      started.open()
      await finish.opened
    })
    await waiting(test, 1)
    await started.opened
    await expect.poll(async () => (await get(test, "workers")).data.length).toBe(1)
    const [worker] = (await get(test, "workers")).data
    expect(worker).toMatchObject({
      ...{ id: test.runtime.worker.id, pid: process.pid, concurrency: 5, busy: 1, utilisation: 0.2, stopping: false },
      queues: [{ name: "default", concurrency: 5, types: ["repository.index"] }],
    })
    finish.open()
    await test.runtime.stop()
    expect(await get(test, "workers")).toEqual({ data: [] })
  })

  it("knows none where there is no registry", async () => {
    await using test = await buildApp({ workers: { live: async () => [] } })
    expect(await get(test, "workers")).toEqual({ data: [] })
  })
})

describe("/api/v1/queues", () => {
  it("shows each queue with its jobs and workers", async () => {
    await using test = await buildApp()
    await waiting(test, 2)
    const { data } = await get(test, "queues")
    expect(data.map(({ name }: { name: string }) => name)).toEqual(["analysis", "default"])
    expect(data[1]).toMatchObject({
      ...{ name: "default", paused: false, workers: 0, concurrency: 0, busy: 0, utilisation: 0 },
      jobs: { queued: 2, scheduled: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 },
    })
    expect(await get(test, "queues/default/stats")).toEqual(data[1])
  })

  it("counts what is running against what can run", async () => {
    await using test = await buildApp()
    const finish = aGate()
    await test.work(() => finish.opened)
    await waiting(test, 2)
    await expect
      .poll(() => get(test, "queues/default/stats"))
      .toMatchObject({ workers: 1, concurrency: 5, busy: 2, utilisation: 0.4, jobs: { running: 2 } })
    finish.open()
  })

  it("pauses and resumes", async () => {
    await using test = await buildApp()
    expect((await post(test, "queues/default/pause")).json()).toMatchObject({ name: "default", paused: true })
    expect((await post(test, "queues/default/pause")).statusCode).toBe(200)
    const [id] = await waiting(test, 1)
    const ran = aGate()
    await test.work(async () => ran.open())
    expect((await get(test, "queues")).data).toMatchObject([
      { name: "analysis" },
      { paused: true, jobs: { queued: 1 } },
    ])
    expect((await get(test, `jobs/${id}`)).state).toBe("queued")
    expect((await post(test, "queues/default/resume")).json()).toMatchObject({ paused: false })
    await test.runtime.recovery.sweep({ everything: true })
    await ran.opened
  })

  it("drains what waits, and tells what that was", async () => {
    await using test = await buildApp()
    const ids = await waiting(test, 2)
    const answer = await post(test, "queues/default/drain", { reason: "maintenance" })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({ count: 2 })
    expect(answer.json().job_ids.sort()).toEqual(ids.sort())
    expect(await get(test, `jobs/${ids[0]}`)).toMatchObject({ state: "cancelled", cancel_reason: "maintenance" })
    expect((await post(test, "queues/default/drain")).json()).toEqual({ count: 0, job_ids: [] })
  })

  it("answers 404 for a queue that nobody knows, so that a slip of the pen pauses nothing", async () => {
    await using test = await buildApp()
    for (const verb of ["pause", "resume", "drain"]) {
      const answer = await post(test, `queues/defualt/${verb}`)
      expect([answer.statusCode, answer.json().code]).toEqual([404, "QUEUE_NOT_FOUND"])
    }
    expect((await test.app.inject("/api/v1/queues/defualt/stats")).statusCode).toBe(404)
    expect(await test.store.paused()).toEqual([])
  })

  it("asks whether they may", async () => {
    const asked: unknown[] = []
    await using test = await buildApp({
      authorize: (_request, action, resource) => {
        asked.push([action, resource])
        return { allowed: false, status: 403, message: "No." }
      },
    })
    for (const verb of ["pause", "resume", "drain"]) await post(test, `queues/default/${verb}`)
    await test.app.inject({ method: "DELETE", url: "/api/v1/schedules/7" })
    expect(asked).toEqual([
      ["queue.pause", { queue: "default" }],
      ["queue.resume", { queue: "default" }],
      ["queue.drain", { queue: "default" }],
      ["schedule.delete", { scheduleId: "7" }],
    ])
    expect(await test.store.paused()).toEqual([])
  })
})
