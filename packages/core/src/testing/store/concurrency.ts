import { expect } from "vitest"
import * as changes from "../../change.js"
import type { FeedEvent } from "../../events.js"
import type { Job } from "../../job.js"
import { buildNewJob, leaseOf } from "../build-new-job.js"
import { createGate, giveItTime, until } from "../until.js"
import { applied, claim, enqueue, enqueueAndClaim, leaseMs, read, sweep } from "./arrange.js"
import type { StoreTest } from "./store-test.js"

const callers = Array.from({ length: 20 }, (_, index) => index)

export function concurrencyTests(test: StoreTest): void {
  test("gives a job to one of twenty who claim it at once", async ({ store }) => {
    const job = await enqueue(store)
    const claimed = await Promise.all(
      callers.map((index) => claim(store, { worker: `worker-${index}`, limit: 3, prefer: [job.id] })),
    )
    const winners = claimed.flat()
    expect(winners).toHaveLength(1)
    expect(winners[0]).toMatchObject({ id: job.id, fence: 1 })
    expect(await read(store, job)).toEqual(winners[0])
    expect(await store.attempts(job.id)).toHaveLength(1)
  })

  test("gives each of many jobs to one of twenty who claim at once", async ({ store }) => {
    const jobs = Array.from({ length: 30 }, () => buildNewJob())
    await store.enqueue(jobs)
    const claimed: Job[] = []
    await Promise.all(
      callers.map(async (index) => {
        for (;;) {
          const mine = await claim(store, { worker: `worker-${index}`, limit: 2 })
          if (mine.length === 0) return
          claimed.push(...mine)
        }
      }),
    )
    expect(claimed.map(({ id }) => id).sort()).toEqual(jobs.map(({ id }) => id).sort())
    expect(claimed.every(({ fence }) => fence === 1)).toBe(true)
  })

  test("runs one job of an exclusive key when twenty claim at once", async ({ store }) => {
    const keys = ["repository:1", "repository:2"]
    await store.enqueue(callers.map((index) => buildNewJob({ exclusiveKey: keys[index % 2] ?? "" })))
    const claimed = (
      await Promise.all(callers.map((index) => claim(store, { worker: `worker-${index}`, limit: 5 })))
    ).flat()
    const taken = claimed.map(({ exclusiveKey }) => exclusiveKey)
    expect(new Set(taken).size, "each key taken once").toBe(taken.length)
    expect((await store.list({ states: ["running"] })).jobs).toHaveLength(taken.length)
    // Two callers may have stood in each other's way; nobody does now.
    await claim(store, { limit: 5 })
    expect((await store.counts()).running).toBe(2)
  })

  test("runs one job of an exclusive key when each of twenty was rung for another", async ({ store }) => {
    const jobs = callers.map(() => buildNewJob({ exclusiveKey: "repository:1" }))
    await store.enqueue(jobs)
    const claimed = await Promise.all(jobs.map(({ id }) => claim(store, { worker: `worker-${id}`, prefer: [id] })))
    expect(claimed.flat().length).toBeLessThanOrEqual(1)
    await claim(store, { limit: 5 })
    expect((await store.counts()).running).toBe(1)
  })

  test("hears a bell for a job whose row somebody else has locked for a moment", async ({ store }) => {
    const job = await enqueue(store)
    const [locked, letGo] = [createGate(), createGate()]
    const undone = store.transaction(async (transaction) => {
      await store.apply([changes.cancelled(job.id)], transaction)
      locked.open()
      await letGo.opened
      throw new Error("changed its mind")
    })
    await locked.opened
    const claiming = claim(store, { prefer: [job.id] })
    await giveItTime()
    letGo.open()
    await expect(undone).rejects.toThrow("changed its mind")
    expect((await claiming).map(({ id }) => id)).toEqual([job.id])
  })

  test("hears a bell for a job that is being marked as rung for", async ({ store }) => {
    for (let round = 0; round < 25; round++) {
      const job = await enqueue(store)
      const mark = (): Promise<void> => store.dispatched([job.id])
      const [, claimed] = await Promise.all([mark(), claim(store, { prefer: [job.id] }), mark(), mark()])
      expect(claimed.map(({ id }) => id)).toEqual([job.id])
    }
  })

  test("preempts a job that was put in the place of another one while it waited for that", async ({ store }) => {
    const keys = { conflictKey: "index", exclusiveKey: "repository:1" }
    const former = await enqueue(store, keys)
    const [replaced, letGo] = [createGate(), createGate()]
    const replacing = store.transaction(async (transaction) => {
      const [answer] = await store.enqueue([buildNewJob({ ...keys, onConflict: "replace" })], transaction)
      replaced.open()
      await letGo.opened
      return answer?.job as Job
    })
    await replaced.opened
    const preempting = store.enqueue([
      buildNewJob({ conflictKey: "delete", exclusiveKey: "repository:1", preempts: true }),
    ])
    await giveItTime()
    letGo.open()
    const successor = await replacing
    const [answer] = await preempting
    expect(answer?.displaced.map(({ id }) => id)).toEqual([successor.id])
    expect(await read(store, former)).toMatchObject({ state: "cancelled" })
    expect(await read(store, successor)).toMatchObject({ state: "cancelled" })
  })

  test("replaces nobody when another takes the idempotency key at the same moment", async ({ store }) => {
    for (let round = 0; round < 10; round++) {
      const holder = await enqueue(store, { conflictKey: "index" })
      const replacing = buildNewJob({ conflictKey: "index", onConflict: "replace", idempotencyKey: `key-${round}` })
      const free = buildNewJob({ idempotencyKey: `key-${round}` })
      const [replaced, added] = await Promise.all([store.enqueue([replacing]), store.enqueue([free])])
      const [first, second] = [replaced[0], added[0]]
      expect([first?.added, second?.added].filter(Boolean), "one of the two is added").toHaveLength(1)
      expect(first?.job.id).toBe(second?.job.id)
      expect((await read(store, holder)).state).toBe(first?.added ? "cancelled" : "queued")
      if (!first?.added) await applied(store, changes.cancelled(holder.id))
      await applied(store, changes.cancelled(first?.job.id as Job["id"]))
    }
  })

  test("lets one of twenty changes win that exclude one another", async ({ store }) => {
    const job = await enqueueAndClaim(store)
    const answers = await Promise.all(
      callers.map((index) => store.apply([changes.completed(leaseOf(job), { winner: index })])),
    )
    const winners = answers.flat().filter((answer) => answer !== undefined)
    expect(winners).toHaveLength(1)
    expect(await read(store, job)).toEqual(winners[0])
    expect(await store.events(job.id)).toHaveLength(3)
  })

  test("lets a completion or a loss win, never both", async ({ store, clock }) => {
    for (let round = 0; round < 10; round++) {
      const job = await enqueueAndClaim(store, { priority: 100 })
      await clock.advance(leaseMs + 1)
      const [done, gone] = await Promise.all([
        store.apply([changes.completed(leaseOf(job), null)]),
        store.apply([changes.lost(leaseOf(job))]),
      ])
      expect([done[0], gone[0]].filter((answer) => answer !== undefined)).toHaveLength(1)
      expect(await read(store, job)).toMatchObject(done[0] ? { state: "succeeded" } : { state: "queued", crashes: 1 })
      if (gone[0]) await applied(store, changes.cancelled(job.id))
    }
  })

  test("lets a late completion of the first attempt leave the second alone", async ({ store }) => {
    const first = await enqueueAndClaim(store)
    await applied(store, changes.released(leaseOf(first)))
    const [second] = await claim(store, { worker: "worker-2" })
    const late = await Promise.all(callers.map(() => store.apply([changes.completed(leaseOf(first), "late")])))
    expect(late.flat().every((answer) => answer === undefined)).toBe(true)
    expect(await read(store, first)).toEqual(second)
  })

  const keys = { "idempotency key": { idempotencyKey: "once" }, "conflict key": { conflictKey: "repository:1" } }
  for (const [name, facts] of Object.entries(keys)) {
    test(`adds one job when twenty enqueue the same ${name} at once`, async ({ store }) => {
      const enqueued = (
        await Promise.all(callers.map((input) => store.enqueue([buildNewJob({ ...facts, input })])))
      ).flat()
      expect(enqueued.filter(({ added }) => added)).toHaveLength(1)
      expect(new Set(enqueued.map(({ job }) => job.id)).size).toBe(1)
      expect((await store.counts()).queued).toBe(1)
    })
  }

  test("leaves one job when twenty replace one another at once", async ({ store }) => {
    const facts = { conflictKey: "repository:1", onConflict: "replace" } as const
    const enqueued = (await Promise.all(callers.map(() => store.enqueue([buildNewJob(facts)])))).flat()
    expect(enqueued.every(({ added }) => added)).toBe(true)
    expect(await store.counts()).toMatchObject({ queued: 1, cancelled: 19 })
    expect(enqueued.flatMap(({ displaced }) => displaced)).toHaveLength(19)
  })

  test("leaves one job when twenty preempt one another at once", async ({ store }) => {
    const facts = { exclusiveKey: "repository:1", preempts: true }
    const enqueued = (await Promise.all(callers.map(() => store.enqueue([buildNewJob(facts)])))).flat()
    expect(enqueued.every(({ added }) => added)).toBe(true)
    expect(await store.counts()).toMatchObject({ queued: 1, cancelled: 19 })
  })

  test("leaves one job to run once more when twenty coalesce at once", async ({ store }) => {
    const facts = { conflictKey: "repository:1", onConflict: "coalesce" } as const
    const running = await enqueueAndClaim(store, facts)
    const enqueued = await Promise.all(callers.map((input) => store.enqueue([buildNewJob({ ...facts, input })])))
    expect(enqueued.flat().every(({ job, added }) => !added && job.id === running.id)).toBe(true)
    await applied(store, changes.completed(leaseOf(running), null))
    expect(await store.counts()).toMatchObject({ queued: 1, succeeded: 1 })
  })

  test("moves a due job once when twenty sweep at once", async ({ store, clock }) => {
    const job = await enqueue(store, { delayMs: 1000 })
    await clock.advance(1001)
    const sweeps = await Promise.all(callers.map(() => sweep(store)))
    expect(sweeps.flatMap(({ due }) => due)).toHaveLength(1)
    expect(await store.events(job.id)).toHaveLength(2)
  })

  test("numbers events without gaps while many are announced at once", async ({ store }) => {
    const job = await enqueueAndClaim(store)
    await Promise.all(callers.map((index) => store.apply([changes.stageEntered(leaseOf(job), `stage-${index}`)])))
    const events = await store.events(job.id)
    expect(events.map(({ number }) => number)).toEqual(Array.from({ length: 22 }, (_, index) => index + 1))
    expect((await read(store, job)).eventNumber).toBe(22)
    expect(
      events
        .slice(2)
        .map(({ data }) => data.stage)
        .sort(),
    ).toEqual(callers.map((index) => `stage-${index}`).sort())
  })

  test("finishes when changes of the same jobs arrive in different orders at once", async ({ store }) => {
    const jobs = await Promise.all(callers.map(() => enqueue(store)))
    const running = await claim(store, { limit: jobs.length })
    const stages = running.map((job) => changes.stageEntered(leaseOf(job), "fetch"))
    const beats = running.map(leaseOf)
    await Promise.all([
      store.apply(stages),
      store.apply([...stages].reverse()),
      store.heartbeat(beats, leaseMs),
      store.heartbeat([...beats].reverse(), leaseMs),
      store.dispatched(jobs.map(({ id }) => id)),
      store.apply([...stages.slice(10), ...stages.slice(0, 10)]),
    ])
    for (const job of jobs) expect(await read(store, job)).toMatchObject({ eventNumber: 5 })
  })

  test("feeds every event once to a reader who follows while many write", async ({ store }) => {
    let writing = true
    const writers = callers.slice(0, 8).map(async (writer) => {
      for (let round = 0; round < 5; round++) {
        await store.transaction(async (transaction) => {
          const [enqueued] = await store.enqueue([buildNewJob({ input: [writer, round] })], transaction)
          // Some transactions commit later than others that began after them.
          if ((writer + round) % 2 === 0) await giveItTime(3)
          if (enqueued && round % 2 === 1) await store.apply([changes.cancelled(enqueued.job.id)], transaction)
        })
      }
    })
    const done = Promise.all(writers).finally(() => (writing = false))
    const followed: FeedEvent[] = []
    const follow = async (): Promise<void> => {
      const last = followed.at(-1)
      followed.push(...(await store.feed({ limit: 7, ...(last ? { after: last.cursor } : {}) })))
      await giveItTime(1)
    }
    while (writing) await follow()
    await done
    await until("the feed has caught up", async () => {
      await follow()
      return followed.length >= 8 * 5 + 8 * 2
    })
    const names = followed.map(({ jobId, number }) => `${jobId} ${number}`)
    expect(new Set(names).size, "each event once").toBe(names.length)
    const all = (await store.feed({ limit: 1000 })).map(({ jobId, number }) => `${jobId} ${number}`)
    expect([...names].sort()).toEqual([...all].sort())
    expect(names, "in the order of the cursors").toEqual(all)
  })
}
