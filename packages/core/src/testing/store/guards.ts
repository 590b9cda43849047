import { expect } from "vitest"
import * as changes from "../../change.js"
import type { JobChange } from "../../change.js"
import type { Job, Lease } from "../../job.js"
import { newJobId } from "../../job-id.js"
import { isFinished, jobStates, nextState, transitions } from "../../lifecycle.js"
import type { JobState, Transition, TransitionName } from "../../lifecycle.js"
import { buildFailure, leaseOf } from "../build-new-job.js"
import { applied, claim, enqueueAndClaim, jobIn, read, refused, sweep } from "./arrange.js"
import type { StoreContext, StoreTest } from "./store-test.js"

/** How each transition is asked for. Those without a change of their own are methods of the store. */
export const changeFor: Partial<Record<TransitionName, (lease: Lease) => JobChange>> = {
  progress: (lease) => changes.progressMade(lease, { done: 3, total: 9, unit: "commits" }),
  stage: (lease) => changes.stageEntered(lease, "fetch"),
  step: (lease) => changes.stepDone(lease, "parse", { projectId: "p-1" }),
  hold: (lease) => changes.held(lease),
  complete: (lease) => changes.completed(lease, { answer: 42 }),
  retry: (lease) => changes.retryLater(lease, buildFailure(), 5000),
  defer: (lease) => changes.deferred(lease, 5000),
  fail: (lease) => changes.failed(lease, buildFailure({ retryable: false })),
  release: (lease) => changes.released(lease),
  lose: (lease) => changes.lost(lease),
  crash: (lease) => changes.crashed(lease, buildFailure({ code: "JOB_CRASHED", retryable: false })),
  cancel: ({ jobId }) => changes.cancelled(jobId, "not wanted"),
  requestCancel: ({ jobId }) => changes.cancelRequested(jobId, "not wanted"),
  acknowledgeCancel: (lease) => changes.cancelAcknowledged(lease, "not wanted"),
  redrive: ({ jobId }) => changes.redriven(jobId),
}

const all = Object.entries(transitions) as [TransitionName, Transition][]

export function guardTests(test: StoreTest): void {
  for (const [name, transition] of all) {
    for (const state of jobStates) {
      const to = nextState(state, name)
      if (to === undefined) {
        test(`refuses to ${name} a ${state} job, and leaves it as it was`, async (context) => {
          const job = await jobIn(state, context)
          const before = await everythingOf(context, job)
          await passTime(context, transition, state)
          expect(await attempt(context, name, job)).toBeUndefined()
          expect(await everythingOf(context, job)).toEqual(before)
        })
      } else {
        test(`lets ${name} lead a ${state} job to ${to}`, async (context) => {
          const job = await jobIn(state, context)
          await passTime(context, transition, state)
          const after = await attempt(context, name, job)
          expect(after).toEqual(await read(context.store, job))
          await expectFacts(context, job, name)
        })
      }
    }
  }

  for (const [name, transition] of all.filter(([, { guard }]) => guard !== undefined)) {
    test(`refuses to ${name} a job for an attempt that lost it`, async (context) => {
      const stale = await enqueueAndClaim(context.store)
      await applied(context.store, changes.released(leaseOf(stale)))
      const [running] = await claim(context.store, { worker: "worker-2" })
      expect(running).toMatchObject({ id: stale.id, fence: 2 })
      const before = await everythingOf(context, stale)
      await passTime(context, transition, "running")
      expect(await attempt(context, name, stale)).toBeUndefined()
      expect(await everythingOf(context, stale)).toEqual(before)
    })
  }

  for (const name of ["lose", "crash"] as const) {
    test(`refuses to ${name} a job whose lease has not expired`, async (context) => {
      const job = await enqueueAndClaim(context.store)
      await context.clock.advance(9999)
      expect(await attempt(context, name, job)).toBeUndefined()
      expect(await read(context.store, job)).toEqual(job)
    })

    test(`refuses to ${name} a job whose lease was extended meanwhile`, async (context) => {
      const { store, clock } = context
      const job = await enqueueAndClaim(store)
      await clock.advance(10_001)
      await store.heartbeat([leaseOf(job)], 10_000)
      expect(await attempt(context, name, job)).toBeUndefined()
      await clock.advance(10_001)
      expect(await attempt(context, name, job)).toBeDefined()
    })
  }

  for (const [name] of all) {
    test(`has no answer to ${name} for a job that does not exist`, async (context) => {
      expect(await attempt(context, name, { id: newJobId(), fence: 1 })).toBeUndefined()
    })
  }

  test("applies each change by itself and answers in the order of the question", async ({ store }) => {
    const job = await enqueueAndClaim(store)
    const other = await enqueueAndClaim(store)
    const answers = await store.apply([
      changes.stageEntered({ jobId: newJobId(), fence: 1 }, "nowhere"),
      changes.stageEntered(leaseOf(other), "fetch"),
      changes.stageEntered({ jobId: job.id, fence: 7 }, "nowhere"),
      changes.completed(leaseOf(job), null),
    ])
    expect(answers.map((answer) => answer?.id)).toEqual([undefined, other.id, undefined, job.id])
    expect(answers[1]).toMatchObject({ stage: "fetch", state: "running" })
    expect(answers[3]).toMatchObject({ state: "succeeded" })
  })

  test("applies nothing when it is given nothing", async ({ store }) => {
    expect(await store.apply([])).toEqual([])
  })

  test("refuses to redrive a job whose conflict key another one has by now", async ({ store }) => {
    const old = await enqueueAndClaim(store, { conflictKey: "repository:1" })
    const failed = await applied(store, changes.failed(leaseOf(old), buildFailure()))
    const newer = await enqueueAndClaim(store, { conflictKey: "repository:1" })
    await refused(store, changes.redriven(old.id))
    expect(await read(store, old)).toEqual(failed)
    await applied(store, changes.completed(leaseOf(newer), null))
    await applied(store, changes.redriven(old.id))
  })
}

/** Makes the guards hold that depend on time, so that only the others can refuse. */
async function passTime({ clock }: StoreContext, transition: Transition, state: JobState): Promise<void> {
  if (transition.guard === "fence and expired lease") await clock.advance(10_001)
  // Sweeping moves what is due: a scheduled job must not be, unless that is what is tested.
  if (transition === transitions.due && state === "scheduled") await clock.advance(60_001)
}

/** Asks for a transition in the way core does; the job afterwards, or `undefined` when the store refused. */
async function attempt(
  { store }: StoreContext,
  name: TransitionName,
  job: Pick<Job, "id" | "fence">,
): Promise<Job | undefined> {
  if (name === "due") return (await sweep(store)).due.find(({ id }) => id === job.id)
  if (name === "claim") return (await claim(store, { limit: 10, prefer: [job.id] })).find(({ id }) => id === job.id)
  if (name === "heartbeat") {
    const [reply] = await store.heartbeat([leaseOf(job)], 20_000)
    return reply?.alive ? store.get(job.id) : undefined
  }
  const change = changeFor[name]?.(leaseOf(job))
  return change && (await store.apply([change]))[0]
}

async function everythingOf({ store }: StoreContext, { id }: Pick<Job, "id">): Promise<unknown> {
  const [job, attempts, events, steps] = [
    await store.get(id),
    await store.attempts(id),
    await store.events(id),
    await store.steps(id),
  ]
  return { job, attempts, events, steps: [...steps], feed: await store.feed({}) }
}

/** What the table says about a transition holds for the row, the attempt and the events. */
async function expectFacts({ store, clock }: StoreContext, before: Job, name: TransitionName): Promise<void> {
  const transition: Transition = transitions[name]
  const job = await read(store, before)
  const now = new Date(clock.now())
  expect(job.state).toBe(transition.to)
  expect(job.fence).toBe(before.fence + (name === "claim" ? 1 : 0))
  expect(job.finishedAt).toEqual(isFinished(job.state) ? now : undefined)
  expect(job.leaseUntil !== undefined, "has a lease").toBe(job.state === "running")
  expect(job.worker).toBe(job.state === "running" ? "worker-1" : undefined)

  const announced = await store.events(job.id, before.eventNumber)
  expect(announced.map(({ type }) => type)).toEqual(transition.event ? [transition.event] : [])
  expect(job.eventNumber).toBe(before.eventNumber + announced.length)
  for (const event of announced) {
    expect(event).toMatchObject({ number: job.eventNumber, jobId: job.id, state: job.state, fence: job.fence, at: now })
  }

  const attempts = await store.attempts(job.id)
  expect(attempts.map(({ fence }) => fence)).toEqual(Array.from({ length: job.fence }, (_, index) => index + 1))
  expect(attempts.filter(({ endedAt }) => !endedAt).length, "open attempts").toBe(job.state === "running" ? 1 : 0)
  if (transition.ends) expect(attempts.at(-1)).toMatchObject({ outcome: transition.ends, endedAt: now })
}
