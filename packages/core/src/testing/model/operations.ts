import * as fc from "fast-check"
import * as changes from "../../change.js"
import type { JobChange } from "../../change.js"
import type { Transaction } from "../../database.js"
import type { JobId, Lease } from "../../job.js"
import { newJobId } from "../../job-id.js"
import { jobStates, transitions } from "../../lifecycle.js"
import type { JobState, TransitionName } from "../../lifecycle.js"
import { buildFailure, buildNewJob } from "../build-new-job.js"
import type { ClaimLimits } from "../../store.js"
import type { TestedStore } from "../store/store-test.js"
import * as lifecycle from "./job-model.js"
import type { JobModel, ModelChange } from "./job-model.js"

/** One thing that is done to the model and to the store alike, and whose answers have to be equal. */
export interface Operation {
  readonly text: string
  onModel(model: JobModel): unknown
  onStore(store: TestedStore, transaction?: Transaction): Promise<unknown>
}

/** Which job an operation is about is decided when it runs, so that it stays meaningful while others are left out. */
export type Plan = (model: JobModel) => Operation

/** What may share a transaction, or happen at the same time as another. */
export const writes = (): fc.Arbitrary<Plan> =>
  fc.oneof({ weight: 5, arbitrary: enqueues() }, { weight: 9, arbitrary: applies() })

export const others = (): fc.Arbitrary<Plan> =>
  fc.oneof(
    { weight: 6, arbitrary: claims() },
    { weight: 2, arbitrary: heartbeats() },
    { weight: 3, arbitrary: sweeps() },
    { weight: 3, arbitrary: marks() },
    { weight: 1, arbitrary: pauses() },
  )

function enqueues(): fc.Arbitrary<Plan> {
  const facts = fc.record({
    tenant: fc.constantFrom("default", "default", "acme"),
    type: fc.constantFrom("test.one", "test.two"),
    input: fc.nat(99),
    priority: fc.constantFrom(0, 0, 1),
    conflictKey: fc.constantFrom(undefined, "a", "a", "b"),
    onConflict: fc.constantFrom("join" as const, "coalesce" as const, "replace" as const),
    exclusiveKey: fc.constantFrom(undefined, "x", "x", "y"),
    preempts: fc.constantFrom(false, false, true),
    idempotencyKey: fc.constantFrom(undefined, undefined, undefined, undefined, "i", "j"),
    limitKey: fc.constantFrom(undefined, "m", "m", "n"),
    timeoutMs: fc.constantFrom(300, 1_800_000),
    delayMs: fc.constantFrom(0, 0, 0, 700),
    secrets: fc.constantFrom({}, { token: "sealed" }),
  })
  return facts.map((chosen) => () => {
    const job = buildNewJob(withoutUndefined(chosen))
    return {
      text: `enqueue ${job.id} ${JSON.stringify(chosen)}`,
      onModel: (model) => inOrder(lifecycle.enqueue(model, job)),
      onStore: async (store, transaction) => {
        const [answer] = await store.enqueue([job], transaction)
        const displaced = answer?.displaced.map(({ id }) => id) ?? []
        return inOrder({ id: answer?.job.id, added: answer?.added, displaced })
      },
    }
  })
}

type Maker = (lease: Lease, number: number) => JobChange

const makers: Partial<Record<TransitionName, Maker>> = {
  progress: (lease, number) => changes.progressMade(lease, { done: number, total: 100 }),
  stage: (lease, number) => changes.stageEntered(lease, `stage-${number % 3}`),
  step: (lease, number) => changes.stepDone(lease, `step-${number % 3}`, number),
  hold: (lease) => changes.held(lease),
  complete: (lease, number) => changes.completed(lease, { number }),
  retry: (lease, number) => changes.retryLater(lease, buildFailure({ code: `E${number}` }), number * 10),
  defer: (lease, number) => changes.deferred(lease, number * 10),
  fail: (lease, number) => changes.failed(lease, buildFailure({ code: `E${number}` })),
  release: (lease) => changes.released(lease),
  lose: (lease) => changes.lost(lease),
  crash: (lease) => changes.crashed(lease, buildFailure({ code: "JOB_CRASHED" })),
  cancel: ({ jobId }) => changes.cancelled(jobId, "not wanted"),
  requestCancel: ({ jobId }) => changes.cancelRequested(jobId, "not wanted"),
  acknowledgeCancel: (lease) => changes.cancelAcknowledged(lease),
  redrive: ({ jobId }) => changes.redriven(jobId),
}

function applies(): fc.Arbitrary<Plan> {
  const facts = fc.record({
    name: fc.constantFrom(...(Object.keys(makers) as TransitionName[])),
    pick: fc.nat(99),
    /** A zombie speaks with the fence of an earlier attempt. */
    staleBy: fc.constantFrom(0, 0, 0, 0, 1),
    /** Mostly, a job the lifecycle allows it for. */
    fitting: fc.constantFrom(true, true, true, false),
    number: fc.nat(99),
  })
  return facts.map(({ name, pick, staleBy, fitting, number }) => (model) => {
    const states: readonly JobState[] = fitting ? transitions[name].from : jobStates
    const lease = pickLease(model, pick, { staleBy, states })
    const change = (makers[name] as Maker)(lease, number)
    const { failure, ...facts } = change
    const asked: ModelChange = { ...facts, ...lease, name, ...(failure ? { failure: failure.code } : {}) }
    return {
      text: `${name} ${lease.jobId} fence ${lease.fence}`,
      onModel: (current) => lifecycle.apply(current, asked),
      onStore: async (store, transaction) => {
        const answer = await store.apply([change], transaction)
        return answer[0] !== undefined
      },
    }
  })
}

/** Shown by some of those who claim, which has to go together with others who show none. */
const someLimits: Readonly<Record<string, ClaimLimits>> = {
  "test.one": { concurrency: 2, perKey: 1, inProgress: 3 },
  "test.two": { perKey: 1, rate: { starts: 2, perMs: 700 } },
}

function claims(): fc.Arbitrary<Plan> {
  const facts = fc.record({
    limit: fc.constantFrom(1, 1, 2, 10),
    worker: fc.constantFrom("w1", "w2"),
    pick: fc.nat(99),
    limits: fc.constantFrom({}, someLimits),
  })
  return facts.map(({ limit, worker, pick, limits }) => (model) => ({
    text: `claim ${limit} for ${worker}${limits === someLimits ? " within limits" : ""}`,
    onModel: (current) => lifecycle.claim(current, { limit, worker, leaseMs: 1000, limits }),
    onStore: async (store) => {
      const prefer = [pickLease(model, pick).jobId]
      const request = {
        limit,
        worker,
        leaseMs: 1000,
        queue: "default",
        types: ["test.one", "test.two"],
        prefer,
        limits,
      }
      const { jobs, nextInMs } = await store.claim(request)
      return [jobs.map(({ id }) => id), nextInMs]
    },
  }))
}

function heartbeats(): fc.Arbitrary<Plan> {
  const facts = fc.record({ pick: fc.nat(99), staleBy: fc.constantFrom(0, 0, 1) })
  return facts.map(({ pick, staleBy }) => (model) => {
    const lease = pickLease(model, pick, { staleBy, states: ["running"] })
    return {
      text: `heartbeat ${lease.jobId} fence ${lease.fence}`,
      onModel: (current) => lifecycle.heartbeat(current, lease, 1500),
      onStore: async (store) => {
        const [reply] = await store.heartbeat([lease], 1500)
        return [reply?.alive, reply?.cancelRequested]
      },
    }
  })
}

function sweeps(): fc.Arbitrary<Plan> {
  return fc.boolean().map((everything) => () => ({
    text: `sweep${everything ? " everything" : ""}`,
    onModel: (model) => lifecycle.sweep(model, everything),
    onStore: async (store) => {
      const sweep = await store.sweep({ limit: 1000, redispatchAfterMs: everything ? 0 : 1_000_000_000 })
      const { due, undispatched, expired, nextInMs, unfinished } = sweep
      return {
        due: due.map(({ id }) => id).sort(),
        undispatched: undispatched.map(({ jobId }) => jobId),
        expired: expired.map(({ id }) => id).sort(),
        ...{ nextInMs, unfinished },
      }
    },
  }))
}

function marks(): fc.Arbitrary<Plan> {
  return fc.boolean().map((all) => (model) => {
    const queued = [...model.jobs.values()].filter(({ state }) => state === "queued").map(({ given }) => given.id)
    const rung = all ? queued : [...queued.slice(0, 1), newJobId()]
    return {
      text: `dispatched ${rung.join(" ")}`,
      onModel: (current) => lifecycle.dispatched(current, rung),
      onStore: (store) => store.dispatched(rung),
    }
  })
}

/** A history with a queue that is mostly paused would not tell much. */
function pauses(): fc.Arbitrary<Plan> {
  return fc.constantFrom(true, false, false).map((pause) => () => ({
    text: pause ? "pause" : "resume",
    onModel: (model) => {
      model.paused = pause
      return pause ? ["default"] : []
    },
    onStore: async (store) => {
      await (pause ? store.pause("default") : store.resume("default"))
      return store.paused()
    },
  }))
}

/** Whom an enqueue displaced is told in any order. */
function inOrder<Answer extends { displaced: JobId[] }>(answer: Answer): Answer {
  return { ...answer, displaced: [...answer.displaced].sort() }
}

function pickLease(model: JobModel, pick: number, { staleBy = 0, states = jobStates }: Picking = {}): Lease {
  const jobs = [...model.jobs.values()].filter(({ state }) => states.includes(state))
  const job = jobs[pick % Math.max(1, jobs.length)]
  return job ? { jobId: job.given.id, fence: job.fence - staleBy } : { jobId: newJobId(), fence: 1 }
}

interface Picking {
  readonly staleBy?: number
  readonly states?: readonly JobState[]
}

function withoutUndefined<Facts extends object>(
  facts: Facts,
): { [Name in keyof Facts]: Exclude<Facts[Name], undefined> } {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as never
}
