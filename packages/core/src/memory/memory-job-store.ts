import { cancelled, cancelRequested } from "../change.js"
import type { JobChange } from "../change.js"
import type { Clock } from "../clock.js"
import { systemClock } from "../clock.js"
import type { Job, JobId, NewJob } from "../job.js"
import { newId } from "../job-id.js"
import { isFinished } from "../lifecycle.js"
import type { EnqueuedJob, JobReader, JobStore } from "../store.js"
import { createCell } from "./cell.js"
import { claimJobs } from "./claim-jobs.js"
import type { JobRow } from "./job-row.js"
import { changedRow, dueRow, heldRow, isExpired, later, newRow, rerunRow } from "./job-row.js"
import { discardRows, pruneRows } from "./forget-rows.js"
import { createMemoryJobReader } from "./memory-job-reader.js"
import { bestFirst, byMoment, inState, put } from "./memory-jobs.js"
import type { MemoryJobs } from "./memory-jobs.js"

export interface MemoryJobStoreOptions {
  /** What the store takes for the time. Default: the system's clock. */
  clock?: Pick<Clock, "now">
}

/**
 * Keeps jobs in a map: for tests, for trying things out, and to be read before writing a store of one's own. Everything is
 * gone with the process. Calls that write wait while a transaction is open, so a transaction's work must pass the
 * transaction on with each write it makes, or it would wait for itself.
 */
export function createMemoryJobStore(options: MemoryJobStoreOptions = {}): JobStore & JobReader {
  const clock = options.clock ?? systemClock
  const identity = newId("memory")
  const cell = createCell<MemoryJobs>(
    { rows: new Map(), feed: [], paused: new Set(), starts: new Map() },
    ({ rows, feed, paused, starts }) => ({
      rows: new Map(rows),
      feed: [...feed],
      paused: new Set(paused),
      starts: new Map(starts),
    }),
  )
  const now = (): Date => new Date(clock.now())

  return {
    ...createMemoryJobReader(() => cell.state),
    name: "memory",
    identity: async () => identity,
    enqueue: (newJobs, transaction) =>
      cell.change(transaction, (jobs) => newJobs.map((newJob) => enqueueOne(jobs, newJob, now()))),
    apply: (changes, transaction) =>
      cell.change(transaction, (jobs) => changes.map((change) => applyOne(jobs, change, now()))),
    claim: (request) => cell.change(undefined, (jobs) => claimJobs(jobs, request, now())),

    heartbeat: (leases, leaseMs) =>
      cell.change(undefined, (jobs) =>
        leases.map(({ jobId, fence }) => {
          const row = jobs.rows.get(jobId)
          if (row?.job.state !== "running" || row.job.fence !== fence) return { alive: false, cancelRequested: false }
          put(jobs, heldRow(row, leaseMs, now()))
          return { alive: true, cancelRequested: row.job.cancelRequestedAt !== undefined }
        }),
      ),

    dispatched: (jobIds) =>
      cell.change(undefined, (jobs) => {
        for (const jobId of jobIds) {
          const row = jobs.rows.get(jobId)
          if (row?.job.state === "queued") put(jobs, { ...row, dispatchedAt: now() })
        }
      }),

    sweep: ({ limit, redispatchAfterMs }) =>
      cell.change(undefined, (jobs) => {
        const at = now()
        const due = inState(jobs, "scheduled")
          .filter(({ job }) => job.runAt <= at)
          .sort(byMoment)
          .slice(0, limit)
          .map((row) => put(jobs, dueRow(row, at)))
        const undispatched = inState(jobs, "queued")
          .filter(({ job }) => !jobs.paused.has(job.queue))
          .filter(({ dispatchedAt }) => !dispatchedAt || dispatchedAt <= later(at, -redispatchAfterMs))
          .sort(bestFirst)
          .slice(0, limit)
          .map(({ job }) => ({ jobId: job.id, queue: job.queue, priority: job.priority }))
        const running = inState(jobs, "running").map(({ job }) => job)
        const expired = running.filter((job) => isExpired(job, at)).slice(0, limit)
        const moments = [
          ...inState(jobs, "scheduled").map(({ job }) => job.runAt.getTime()),
          ...running.filter((job) => !expired.includes(job)).map((job) => job.leaseUntil?.getTime() ?? Infinity),
        ]
        const next = moments.reduce((least, moment) => Math.min(least, moment), Infinity)
        return {
          due,
          undispatched,
          expired,
          nextInMs: next === Infinity ? undefined : Math.max(0, next - at.getTime()),
          unfinished: [...jobs.rows.values()].some(({ job }) => !isFinished(job.state)),
        }
      }),

    pause: (queue) => cell.change(undefined, (jobs) => void jobs.paused.add(queue)),
    resume: (queue) => cell.change(undefined, (jobs) => void jobs.paused.delete(queue)),

    prune: (request) => cell.change(undefined, (jobs) => pruneRows(jobs, request, now())),
    discard: (jobIds) => cell.change(undefined, (jobs) => discardRows(jobs, jobIds)),

    transaction: (work) => cell.transaction(work),
    close: async () => {},
  }
}

function enqueueOne(jobs: MemoryJobs, newJob: NewJob, now: Date): EnqueuedJob {
  const rows = [...jobs.rows.values()]
  const known = newJob.idempotencyKey !== undefined && rows.find(({ job }) => sameKey(job, newJob, "idempotencyKey"))
  if (known) return { job: known.job, added: false, displaced: [] }

  const displaced: JobRow[] = []
  const holder = holderOfConflictKey(jobs, newJob)
  if (holder && newJob.onConflict !== "replace") {
    const noted = newJob.onConflict === "coalesce" && holder.job.state === "running"
    const { input, secrets } = newJob
    const job = noted
      ? put(jobs, { ...holder, job: { ...holder.job, rerunRequested: true }, rerun: { input, secrets } })
      : holder.job
    return { job, added: false, displaced: [] }
  }
  if (holder) displaced.push(holder)
  if (newJob.preempts && newJob.exclusiveKey !== undefined) {
    const others = rows.filter(
      ({ job }) => isWanted(job) && job.tenant === newJob.tenant && job.exclusiveKey === newJob.exclusiveKey,
    )
    displaced.push(...others.filter((row) => row !== holder))
  }

  const stop = (jobId: JobId, state: Job["state"]): Job | undefined =>
    applyOne(jobs, (state === "running" ? cancelRequested : cancelled)(jobId, `Displaced by ${newJob.id}.`), now)
  const stopped = displaced.flatMap(({ job }) => stop(job.id, job.state) ?? [])
  const { onConflict: _policy, preempts: _done, ...kept } = newJob
  return { job: put(jobs, newRow(kept, now)), added: true, displaced: stopped }
}

function applyOne(jobs: MemoryJobs, change: JobChange, now: Date): Job | undefined {
  const before = jobs.rows.get(change.jobId)
  const after = before && changedRow(before, change, now)
  if (!before || !after) return undefined
  if (isFinished(before.job.state) && holderOfConflictKey(jobs, before.job)) return undefined

  const job = put(jobs, after)
  if (before.rerun && change.rerunId && isFinished(job.state) && !holderOfConflictKey(jobs, job)) {
    put(jobs, rerunRow(before, change.rerunId, now))
  }
  return job
}

function holderOfConflictKey(jobs: MemoryJobs, wanted: KeyedJob): JobRow | undefined {
  if (wanted.conflictKey === undefined) return undefined
  return [...jobs.rows.values()].find(({ job }) => isWanted(job) && sameKey(job, wanted, "conflictKey"))
}

type KeyedJob = Pick<NewJob, "tenant" | "type"> & {
  readonly conflictKey?: string | undefined
  readonly idempotencyKey?: string | undefined
}

function sameKey(job: Job, wanted: KeyedJob, key: "conflictKey" | "idempotencyKey"): boolean {
  return job.tenant === wanted.tenant && job.type === wanted.type && job[key] === wanted[key]
}

/** Unfinished, and nobody asked it to stop. */
function isWanted(job: Job): boolean {
  return !isFinished(job.state) && job.cancelRequestedAt === undefined
}
