import { describe, expect, it } from "vitest"
import { changes, isJobId, transitions } from "../src/index.js"
import type { JobChange, JobFailure, Lease, Transition, TransitionName } from "../src/index.js"

const lease: Lease = { jobId: "job_01ARZ3NDEKTSV4RRFFQ69G5FAV", fence: 3 }
const failure: JobFailure = { code: "REMOTE_GONE", message: "The remote is gone.", retryable: false }

const made: Record<string, JobChange> = {
  completed: changes.completed(lease, { commits: 3 }),
  retryLater: changes.retryLater(lease, failure, 500),
  deferred: changes.deferred(lease, 500),
  failed: changes.failed(lease, failure),
  released: changes.released(lease),
  lost: changes.lost(lease),
  crashed: changes.crashed(lease, failure),
  cancelAcknowledged: changes.cancelAcknowledged(lease, "not wanted"),
  cancelled: changes.cancelled(lease.jobId, "not wanted"),
  cancelRequested: changes.cancelRequested(lease.jobId, "not wanted"),
  redriven: changes.redriven(lease.jobId),
  stageEntered: changes.stageEntered(lease, "fetch"),
  progressMade: changes.progressMade(lease, { done: 1, total: 2 }),
  stepDone: changes.stepDone(lease, "parse", { id: 1 }),
  held: changes.held(lease),
}

describe("a change", () => {
  for (const [maker, change] of Object.entries(made)) {
    it(`made by ${maker} says what the table says of ${change.transition}`, () => {
      const transition: Transition = transitions[change.transition]
      expect(change).toMatchObject({ jobId: lease.jobId, from: transition.from, to: transition.to })
      expect(change.fence).toBe(transition.guard ? lease.fence : undefined)
      expect(change.leaseExpired).toBe(transition.guard === "fence and expired lease" ? true : undefined)
      expect(change.ends).toBe(transition.ends)
      expect(change.event?.type).toBe(transition.event)
      expect(change.yieldsToCancel).toBe(transition.yieldsToCancel)
    })
  }

  it("exists for every transition but those that are methods of the store", () => {
    const without: TransitionName[] = ["due", "claim", "heartbeat"]
    const names = [...Object.values(made).map(({ transition }) => transition), ...without]
    expect(names.sort()).toEqual(Object.keys(transitions).sort())
    expect(Object.keys(made).sort()).toEqual(Object.keys(changes).sort())
  })

  it("carries an id for the job that follows when it ends a job that may be wanted once more", () => {
    const carriers = Object.entries(made).filter(([, { rerunId }]) => rerunId !== undefined)
    expect(carriers.map(([maker]) => maker)).toEqual(["completed", "failed", "crashed"])
    for (const [, { rerunId }] of carriers) expect(isJobId(rerunId ?? "")).toBe(true)
    expect(changes.completed(lease, null).rerunId).not.toBe(changes.completed(lease, null).rerunId)
  })

  it("gives the attempt back that a handler did not use up", () => {
    const back = Object.entries(made).filter(([, { attemptsDelta }]) => attemptsDelta === -1)
    expect(back.map(([maker]) => maker)).toEqual(["deferred", "released", "lost", "crashed"])
    const crashes = Object.entries(made).filter(([, { crashesDelta }]) => crashesDelta === 1)
    expect(crashes.map(([maker]) => maker)).toEqual(["lost", "crashed"])
  })

  it("carries its facts to the row and, where people want to know, to the event", () => {
    expect(made.completed).toMatchObject({ result: { commits: 3 }, event: { data: {} } })
    expect(made.retryLater).toMatchObject({ failure, delayMs: 500, event: { data: { failure, delayMs: 500 } } })
    expect(made.deferred).toMatchObject({ delayMs: 500, event: { data: { delayMs: 500 } } })
    expect(made.failed).toMatchObject({ failure, event: { data: { failure } } })
    expect(made.crashed).toMatchObject({ failure, event: { data: { failure } } })
    expect(made.cancelled).toMatchObject({
      cancel: { reason: "not wanted" },
      event: { data: { reason: "not wanted" } },
    })
    expect(made.cancelRequested).toMatchObject({ cancel: { reason: "not wanted" } })
    expect(made.cancelAcknowledged).toMatchObject({ event: { data: { reason: "not wanted" } } })
    expect(made.redriven).toMatchObject({ resets: true })
    expect(made.stageEntered).toMatchObject({ stage: "fetch", event: { data: { stage: "fetch" } } })
    expect(made.progressMade).toMatchObject({ progress: { done: 1, total: 2 } })
    expect(made.stepDone).toMatchObject({ step: { name: "parse", output: { id: 1 } } })
  })

  it("has no members for what it was not given", () => {
    expect(changes.completed(lease, undefined)).not.toHaveProperty("result")
    expect(changes.cancelled(lease.jobId)).toMatchObject({ cancel: {}, event: { data: {} } })
    expect(changes.cancelled(lease.jobId).cancel).not.toHaveProperty("reason")
    expect(changes.held(lease)).toEqual({
      jobId: lease.jobId,
      transition: "hold",
      from: ["running"],
      to: "running",
      fence: 3,
    })
  })

  it("survives JSON, so that a store may hand it to its database", () => {
    for (const change of Object.values(made)) expect(JSON.parse(JSON.stringify(change))).toEqual(change)
  })
})
