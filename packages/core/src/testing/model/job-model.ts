import type { JobEventType } from "../../events.js"
import type { AttemptOutcome, JobId, JobProgress, Json, Lease, NewJob } from "../../job.js"
import { isFinished, nextState, transitions } from "../../lifecycle.js"
import type { JobState, Transition, TransitionName } from "../../lifecycle.js"
import { overdueAfterMs } from "../../store.js"
import type { ClaimLimits } from "../../store.js"

/**
 * What a store has to remember, as plain data, and what the lifecycle makes of it: written down a second time, from the
 * transition table and in the plainest way, so that the property test can compare a store with it.
 */
export interface JobModel {
  now: number
  jobs: Map<JobId, ModelJob>
  /** Whether the one queue there is is paused. */
  paused: boolean
  /** What was claimed by those who showed a rate, oldest first. */
  starts: { readonly type: string; readonly at: number }[]
}

export interface ModelJob {
  readonly given: NewJob
  state: JobState
  fence: number
  attempts: number
  crashes: number
  runAt: number
  leaseUntil: number | undefined
  claimedAt: number | undefined
  worker: string | undefined
  cancelRequested: boolean
  rerunRequested: boolean
  rerun: { readonly input: Json; readonly secrets: Readonly<Record<string, string>> } | undefined
  dispatched: boolean
  /** Keeps its place among those in progress while it waits. */
  begun: boolean
  hasSecrets: boolean
  stage: string | undefined
  progress: JobProgress | undefined
  result: Json | undefined
  failure: string | undefined
  /** Type, state and fence, and whether it says that a cancel came too late. */
  events: [JobEventType, JobState, number, boolean][]
  outcomes: (AttemptOutcome | undefined)[]
  steps: Map<string, Json>
}

/** A transition with the facts that the model needs. */
export interface ModelChange {
  readonly name: TransitionName
  readonly jobId: JobId
  readonly fence: number
  readonly delayMs?: number
  readonly stage?: string
  readonly progress?: JobProgress
  readonly step?: { readonly name: string; readonly output: Json }
  readonly result?: Json
  readonly failure?: string
  readonly rerunId?: JobId
}

export function add(model: JobModel, given: NewJob): ModelJob {
  const job: ModelJob = {
    given,
    state: given.delayMs > 0 ? "scheduled" : "queued",
    ...{ begun: false, fence: 0, attempts: 0, crashes: 0, runAt: model.now + given.delayMs },
    ...{ leaseUntil: undefined, claimedAt: undefined, worker: undefined, cancelRequested: false, dispatched: false },
    ...{ rerunRequested: false, rerun: undefined, hasSecrets: Object.keys(given.secrets).length > 0 },
    ...{ stage: undefined, progress: undefined, result: undefined, failure: undefined },
    ...{ events: [], outcomes: [], steps: new Map() },
  }
  model.jobs.set(given.id, job)
  announce(job, given.delayMs > 0 ? "job.scheduled" : "job.queued")
  return job
}

export function enqueue(model: JobModel, given: NewJob): { id: JobId; added: boolean; displaced: JobId[] } {
  const known = find(model, (job) => sameKey(job, given, "idempotencyKey"))
  if (known) return { id: known.given.id, added: false, displaced: [] }
  const holder = holderOfConflictKey(model, given)
  if (holder && given.onConflict !== "replace") {
    if (given.onConflict === "coalesce" && holder.state === "running") {
      holder.rerunRequested = true
      holder.rerun = { input: given.input, secrets: given.secrets }
    }
    return { id: holder.given.id, added: false, displaced: [] }
  }
  const displaced = [...model.jobs.values()].filter(
    (job) =>
      job === holder ||
      (given.preempts && isWanted(job) && job.given.tenant === given.tenant && sameExclusiveKey(job.given, given)),
  )
  for (const { given: old, state, fence } of displaced) {
    apply(model, { name: state === "running" ? "requestCancel" : "cancel", jobId: old.id, fence })
  }
  add(model, given)
  return { id: given.id, added: true, displaced: displaced.map((job) => job.given.id) }
}

/** Whether the lifecycle allows the change; if so, it has happened. */
export function apply(model: JobModel, change: ModelChange): boolean {
  const job = model.jobs.get(change.jobId)
  const transition: Transition = transitions[change.name]
  const to = job && nextState(job.state, change.name, job.cancelRequested)
  if (!job || !to) return false
  if (transition.guard && change.fence !== job.fence) return false
  if (transition.guard === "fence and expired lease" && (job.leaseUntil ?? Infinity) > model.now) return false
  if (change.name === "redrive" && holderOfConflictKey(model, job.given)) return false

  const yields = to !== transition.to
  if (["defer", "release", "lose", "crash"].includes(change.name)) job.attempts--
  if (["lose", "crash"].includes(change.name)) job.crashes++
  if (["cancel", "requestCancel"].includes(change.name)) job.cancelRequested = true
  if (change.name === "redrive") {
    Object.assign(job, { attempts: 0, crashes: 0, failure: undefined, result: undefined, cancelRequested: false })
    Object.assign(job, { begun: false, rerunRequested: false, stage: undefined, progress: undefined, runAt: model.now })
  }
  if (transition.ends)
    job.outcomes[job.fence - 1] = yields && transition.ends !== "lost" ? "cancelled" : transition.ends
  if (transition.ends) job.begun = !isFinished(to) && change.name !== "retry"
  job.stage = change.stage ?? job.stage
  job.progress = change.progress ?? job.progress
  job.result = change.result ?? job.result
  job.failure = to === "succeeded" ? undefined : (change.failure ?? job.failure)
  if (change.step) job.steps.set(change.step.name, change.step.output)
  enter(job, to, model.now + (change.delayMs ?? 0))
  if (transition.event) announce(job, yields ? "job.cancelled" : transition.event)

  if (isFinished(to)) {
    const rerun = job.rerun
    job.rerun = undefined
    if (rerun && change.rerunId && !holderOfConflictKey(model, job.given)) {
      const { idempotencyKey: _once, ...given } = job.given
      add(model, { ...given, ...rerun, id: change.rerunId, delayMs: 0 })
    }
  }
  return true
}

interface ModelClaim {
  readonly limit: number
  readonly worker: string
  readonly leaseMs: number
  readonly limits: Readonly<Record<string, ClaimLimits>>
}

export function claim(model: JobModel, request: ModelClaim): [JobId[], number | undefined] {
  const claimed: JobId[] = []
  for (const job of model.paused ? [] : inOrder(model, "queued")) {
    if (claimed.length === request.limit) break
    if (!mayRun(model, job, request) || restMs(model, job, request) > 0) continue
    claimed.push(job.given.id)
    job.state = "running"
    job.fence++
    job.attempts++
    job.leaseUntil = model.now + request.leaseMs
    job.claimedAt = model.now
    job.worker = request.worker
    job.outcomes.push(undefined)
    announce(job, "job.started")
    if (request.limits[job.given.type]?.rate) model.starts.push({ type: job.given.type, at: model.now })
  }
  if (model.paused || claimed.length === request.limit) return [claimed, undefined]
  const waiting = inOrder(model, "queued").filter((job) => mayRun(model, job, request))
  return [claimed, waiting.length > 0 ? Math.min(...waiting.map((job) => restMs(model, job, request))) : undefined]
}

/** Whether neither its exclusive key nor the number of those that run keeps a job from being claimed. */
function mayRun(model: JobModel, waits: ModelJob, { limits }: ModelClaim): boolean {
  const { given } = waits
  const { concurrency = Infinity, perKey = Infinity, inProgress = Infinity } = limits[given.type] ?? {}
  const all = [...model.jobs.values()]
  const running = all.filter(({ state }) => state === "running").map((job) => job.given)
  const begun = all.filter((job) => job.begun && !isFinished(job.state) && job.state !== "running")
  const alike = running.filter(({ type }) => type === given.type)
  return (
    !running.some((other) => other.tenant === given.tenant && sameExclusiveKey(other, given)) &&
    alike.length < concurrency &&
    (waits.begun || alike.length + begun.filter((job) => job.given.type === given.type).length < inProgress) &&
    (given.limitKey === undefined || alike.filter(({ limitKey }) => limitKey === given.limitKey).length < perKey)
  )
}

/** How long its rate keeps a job waiting. */
function restMs(model: JobModel, { given }: ModelJob, { limits }: ModelClaim): number {
  const rate = limits[given.type]?.rate
  const starts = model.starts.filter(({ type }) => type === given.type)
  const first = rate && starts.at(-rate.starts)
  return first ? Math.max(0, first.at + rate.perMs - model.now) : 0
}

export function heartbeat(model: JobModel, { jobId, fence }: Lease, leaseMs: number): [boolean, boolean] {
  const job = model.jobs.get(jobId)
  if (job?.state !== "running" || job.fence !== fence) return [false, false]
  const latest = (job.claimedAt ?? 0) + job.given.timeoutMs + overdueAfterMs
  job.leaseUntil = Math.min(model.now + leaseMs, latest)
  return [true, job.cancelRequested]
}

export function sweep(model: JobModel, everything: boolean): unknown {
  const due = [...model.jobs.values()].filter((job) => job.state === "scheduled" && job.runAt <= model.now)
  for (const job of due) {
    Object.assign(job, { state: "queued", dispatched: false })
    announce(job, "job.queued")
  }
  const jobs = [...model.jobs.values()]
  const running = jobs.filter(({ state }) => state === "running")
  const moments = [
    ...jobs.filter(({ state }) => state === "scheduled").map(({ runAt }) => runAt),
    ...running.map(({ leaseUntil }) => leaseUntil ?? 0).filter((moment) => moment > model.now),
  ]
  return {
    due: due.map(({ given }) => given.id).sort(),
    undispatched: inOrder(model, model.paused ? undefined : "queued")
      .filter(({ dispatched }) => everything || !dispatched)
      .map(({ given }) => given.id),
    expired: running
      .filter(({ leaseUntil }) => (leaseUntil ?? Infinity) <= model.now)
      .map(({ given }) => given.id)
      .sort(),
    nextInMs: moments.length === 0 ? undefined : Math.min(...moments) - model.now,
    unfinished: jobs.some(({ state }) => !isFinished(state)),
  }
}

export function dispatched(model: JobModel, jobIds: readonly JobId[]): void {
  for (const id of jobIds) {
    const job = model.jobs.get(id)
    if (job?.state === "queued") job.dispatched = true
  }
}

function enter(job: ModelJob, to: JobState, runAt: number): void {
  job.state = to
  if (to === "running") return
  Object.assign(job, { leaseUntil: undefined, worker: undefined })
  if (to === "queued") job.dispatched = false
  if (to === "scheduled") job.runAt = runAt
  if (isFinished(to)) job.hasSecrets = false
}

function announce(job: ModelJob, type: JobEventType): void {
  job.events.push([type, job.state, job.fence, type === "job.succeeded" && job.cancelRequested])
}

function holderOfConflictKey(model: JobModel, given: NewJob): ModelJob | undefined {
  return find(model, (job) => isWanted(job) && sameKey(job, given, "conflictKey"))
}

function sameKey({ given }: ModelJob, wanted: NewJob, key: "conflictKey" | "idempotencyKey"): boolean {
  const here = wanted[key] !== undefined && given[key] === wanted[key]
  return here && given.tenant === wanted.tenant && given.type === wanted.type
}

function sameExclusiveKey(one: NewJob, other: NewJob): boolean {
  return other.exclusiveKey !== undefined && one.exclusiveKey === other.exclusiveKey
}

function isWanted(job: ModelJob): boolean {
  return !isFinished(job.state) && !job.cancelRequested
}

function find(model: JobModel, test: (job: ModelJob) => boolean): ModelJob | undefined {
  return [...model.jobs.values()].find(test)
}

function inOrder(model: JobModel, state: JobState | undefined): ModelJob[] {
  return [...model.jobs.values()]
    .filter((job) => job.state === state)
    .sort((a, b) => b.given.priority - a.given.priority || a.runAt - b.runAt || (a.given.id < b.given.id ? -1 : 1))
}
