import { expect } from "vitest"
import * as changes from "../../change.js"
import { newJobId } from "../../job-id.js"
import { jobStates } from "../../lifecycle.js"
import { overdueAfterMs } from "../../store.js"
import { leaseOf } from "../build-new-job.js"
import { applied, claim, enqueueAndClaim, jobIn, leaseMs, read, sweep } from "./arrange.js"
import type { StoreTest } from "./store-test.js"

export function leaseTests(test: StoreTest): void {
  test("extends the lease of a running job from now, and changes nothing else", async ({ store, clock }) => {
    const job = await enqueueAndClaim(store)
    await clock.advance(4000)
    expect(await store.heartbeat([leaseOf(job)], 7000)).toEqual([{ alive: true, cancelRequested: false }])
    expect(await read(store, job)).toEqual({ ...job, leaseUntil: new Date(clock.now() + 7000) })
    expect(await store.events(job.id)).toHaveLength(2)
  })

  test("revives a lease that expired as long as nobody declared the job lost", async ({ store, clock }) => {
    const job = await enqueueAndClaim(store)
    await clock.advance(leaseMs + 1)
    expect(await store.heartbeat([leaseOf(job)], leaseMs)).toEqual([{ alive: true, cancelRequested: false }])
    expect((await sweep(store)).expired).toEqual([])
  })

  test("extends no lease beyond what its attempt may take", async ({ store, clock }) => {
    const timeoutMs = leaseMs
    const claimedAt = clock.now()
    const job = await enqueueAndClaim(store, { timeoutMs })
    const latest = new Date(claimedAt + timeoutMs + overdueAfterMs)
    const alive = [{ alive: true, cancelRequested: false }]
    await clock.advance(timeoutMs)
    expect(await store.heartbeat([leaseOf(job)], overdueAfterMs - 1)).toEqual(alive)
    expect((await read(store, job)).leaseUntil).toEqual(new Date(latest.getTime() - 1))
    await clock.advance(1000)
    expect(await store.heartbeat([leaseOf(job)], overdueAfterMs)).toEqual(alive)
    expect((await read(store, job)).leaseUntil).toEqual(latest)
    await clock.advance(overdueAfterMs)
    await store.heartbeat([leaseOf(job)], leaseMs)
    expect((await sweep(store)).expired.map(({ id }) => id)).toEqual([job.id])
    expect(await applied(store, changes.lost(leaseOf(job)))).toMatchObject({ state: "queued", crashes: 1 })
  })

  test("gives each attempt all of its time", async ({ store, clock }) => {
    const first = await enqueueAndClaim(store, { timeoutMs: 1000 })
    await clock.advance(20_000)
    await applied(store, changes.released(leaseOf(first)))
    const [second] = await claim(store)
    const claimedAt = clock.now()
    await clock.advance(1000)
    await store.heartbeat([leaseOf(second ?? first)], 1_000_000)
    expect((await read(store, first)).leaseUntil).toEqual(new Date(claimedAt + 1000 + overdueAfterMs))
  })

  for (const state of jobStates.filter((each) => each !== "running")) {
    test(`tells the attempt of a job that is ${state} by now that it is over`, async (context) => {
      const job = await jobIn(state, context)
      const replies = await context.store.heartbeat([leaseOf(job)], leaseMs)
      expect(replies).toEqual([{ alive: false, cancelRequested: false }])
      expect(await read(context.store, job)).toEqual(job)
    })
  }

  test("answers heartbeats in the order of the question", async ({ store, clock }) => {
    const stale = await enqueueAndClaim(store)
    await applied(store, changes.released(leaseOf(stale)))
    const [current] = await claim(store, { worker: "worker-2" })
    const asked = await enqueueAndClaim(store)
    await applied(store, changes.cancelRequested(asked.id))
    await clock.advance(1000)
    const replies = await store.heartbeat(
      [leaseOf(stale), leaseOf(asked), { jobId: newJobId(), fence: 1 }, { jobId: stale.id, fence: 2 }],
      leaseMs,
    )
    expect(replies).toEqual([
      { alive: false, cancelRequested: false },
      { alive: true, cancelRequested: true },
      { alive: false, cancelRequested: false },
      { alive: true, cancelRequested: false },
    ])
    expect((await read(store, stale)).leaseUntil).toEqual(new Date(clock.now() + leaseMs))
    expect(current?.fence).toBe(2)
    expect(await store.heartbeat([], leaseMs)).toEqual([])
  })

  test("lets the next attempt work after a loss, and the lost one change nothing", async ({ store, clock }) => {
    const lost = await enqueueAndClaim(store)
    await clock.advance(leaseMs + 1)
    const { expired } = await sweep(store)
    expect(expired).toEqual([lost])
    await applied(store, changes.lost(leaseOf(lost)))
    const [next] = await claim(store, { worker: "worker-2" })
    expect(next).toMatchObject({ id: lost.id, fence: 2, attempts: 1, crashes: 1 })
    const late = [
      changes.completed(leaseOf(lost), "late"),
      changes.failed(leaseOf(lost), { code: "X", message: "No.", retryable: false }),
      changes.stageEntered(leaseOf(lost), "late"),
      changes.progressMade(leaseOf(lost), { done: 1 }),
      changes.stepDone(leaseOf(lost), "late", null),
    ]
    for (const change of late) expect(await store.apply([change])).toEqual([undefined])
    expect(await read(store, lost)).toEqual(next)
    expect(await store.steps(lost.id)).toEqual(new Map())
    const done = await applied(store, changes.completed({ jobId: lost.id, fence: 2 }, "right"))
    expect(done).toMatchObject({ state: "succeeded", result: "right" })
  })
}
