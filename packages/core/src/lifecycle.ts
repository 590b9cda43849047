import type { AttemptOutcome } from "./job.js"
import type { JobEventType } from "./events.js"

/**
 * The whole life of a job, as data. Read a row as: `claim` leads from `queued` to `running`, needs no fence, and is
 * announced as `job.started`. Every other file asks this table; none repeats it. The SQL CHECKs, the diagram in
 * `docs/concepts/lifecycle.md` and the list of tests are made from it.
 *
 * Three conditions people speak of are *derived*, never stored: a job is *retrying* when it is scheduled with
 * attempts behind it, *cancelling* when it runs with a cancel requested, *stalled* when its lease has expired.
 */
export const transitions = {
  /** The moment a scheduled job waited for has come. */
  due: { from: ["scheduled"], to: "queued", event: "job.queued" },
  /** A worker takes the job: a new fence, a new attempt, a lease. */
  claim: { from: ["queued"], to: "running", event: "job.started" },

  heartbeat: { from: ["running"], to: "running", guard: "fence" },
  /** Coalesced by whoever reports it, and not an event row: the last one wins. */
  progress: { from: ["running"], to: "running", guard: "fence" },
  stage: { from: ["running"], to: "running", guard: "fence", event: "job.stage" },
  step: { from: ["running"], to: "running", guard: "fence" },
  /** The handler writes in a transaction of its own and goes on; the fence is checked inside that transaction. */
  hold: { from: ["running"], to: "running", guard: "fence" },

  complete: { from: ["running"], to: "succeeded", guard: "fence", ends: "succeeded", event: "job.succeeded" },
  retry: {
    from: ["running"],
    to: "scheduled",
    guard: "fence",
    ends: "failed",
    event: "job.retrying",
    yieldsToCancel: true,
  },
  /** The handler waits for something outside and holds no worker meanwhile. Spends no attempt. */
  defer: {
    from: ["running"],
    to: "scheduled",
    guard: "fence",
    ends: "deferred",
    event: "job.deferred",
    yieldsToCancel: true,
  },
  fail: { from: ["running"], to: "failed", guard: "fence", ends: "failed", event: "job.failed" },
  /** The worker shuts down before the handler is done. Spends no attempt. */
  release: {
    from: ["running"],
    to: "queued",
    guard: "fence",
    ends: "released",
    event: "job.released",
    yieldsToCancel: true,
  },

  /** The worker was not heard of for longer than its lease. Spends no attempt, but counts a crash. */
  lose: {
    from: ["running"],
    to: "queued",
    guard: "fence and expired lease",
    ends: "lost",
    event: "job.lost",
    yieldsToCancel: true,
  },
  /** As `lose`, once too often: a job that kills its workers is parked. */
  crash: { from: ["running"], to: "failed", guard: "fence and expired lease", ends: "lost", event: "job.failed" },

  /** A job nobody works on is cancelled at once … */
  cancel: { from: ["scheduled", "queued"], to: "cancelled", event: "job.cancelled" },
  /** … a running one is asked to stop … */
  requestCancel: { from: ["running"], to: "running", event: "job.cancelling" },
  /** … and its attempt says when it has. */
  acknowledgeCancel: { from: ["running"], to: "cancelled", guard: "fence", ends: "cancelled", event: "job.cancelled" },

  /** A person lets a finished job run again. Attempts and crashes start from zero; the history is kept. */
  redrive: { from: ["failed", "cancelled"], to: "queued", event: "job.queued" },
} as const satisfies Record<string, Transition>

/** One row of the table. */
export interface Transition {
  from: readonly JobState[]
  to: JobState
  /**
   * What must be true, besides the state, in the very statement that writes. `fence`: the attempt that asks still owns
   * the job. `fence and expired lease`: and it was not heard of for longer than its lease, by the store's clock.
   */
  guard?: "fence" | "fence and expired lease"
  /** How the running attempt ends, if it does. */
  ends?: AttemptOutcome
  /** What is announced, as a numbered row. */
  event?: JobEventType
  /** Leads to `cancelled` instead, in the same statement, when a cancel was requested meanwhile. */
  yieldsToCancel?: boolean
}

export type JobState = "scheduled" | "queued" | "running" | "succeeded" | "failed" | "cancelled"

export const jobStates = ["scheduled", "queued", "running", "succeeded", "failed", "cancelled"] as const

/** Nothing happens to a finished job any more, unless a person redrives it. */
export const finishedStates = ["succeeded", "failed", "cancelled"] as const satisfies readonly JobState[]

export type TransitionName = keyof typeof transitions

export function isFinished(state: JobState): state is (typeof finishedStates)[number] {
  return (finishedStates as readonly JobState[]).includes(state)
}

/** The state that `name` leads to from `state`, or `undefined` where the lifecycle forbids it. */
export function nextState(state: JobState, name: TransitionName, cancelRequested = false): JobState | undefined {
  const transition: Transition = transitions[name]
  if (!transition.from.includes(state)) return undefined
  return cancelRequested && transition.yieldsToCancel ? "cancelled" : transition.to
}
