import type { JobId } from "../job.js"
import { isFinished } from "../lifecycle.js"
import type { PruneRequest } from "../store.js"
import type { JobRow } from "./job-row.js"
import { later } from "./job-row.js"
import type { MemoryJobs } from "./memory-jobs.js"

export function pruneRows(jobs: MemoryJobs, request: PruneRequest, now: Date): number {
  const { keepMs = Infinity, keepJobs = Infinity, limit } = request
  const newest = newestOfRepositories(jobs)
  const kept = new Map<string, number>()
  const finished = [...jobs.rows.values()].filter(({ job }) => isFinished(job.state)).sort(finishedLast)
  const doomed = finished.filter(({ job }) => {
    const place = kept.get(job.tenant) ?? 0
    kept.set(job.tenant, place + 1)
    const tooOld = keepMs !== Infinity && finishedAt(job) < later(now, -keepMs).getTime()
    return (tooOld || place >= keepJobs) && !newest.has(job.id)
  })
  const gone = doomed.reverse().slice(0, limit)
  forget(
    jobs,
    gone.map(({ job }) => job.id),
  )
  return gone.length
}

export function discardRows(jobs: MemoryJobs, jobIds: readonly JobId[]): JobId[] {
  const gone = [...new Set(jobIds)].filter((jobId) => {
    const state = jobs.rows.get(jobId)?.job.state
    return state === "failed" || state === "cancelled"
  })
  forget(jobs, gone)
  return gone
}

/** What was forgotten leaves a gap in the feed, so that the cursors of the others stay what they are. */
function forget(jobs: MemoryJobs, jobIds: readonly JobId[]): void {
  for (const jobId of jobIds) jobs.rows.delete(jobId)
  const gone = new Set(jobIds)
  jobs.feed.forEach((event, index) => {
    if (event && gone.has(event.jobId)) jobs.feed[index] = undefined
  })
}

/** Ids sort by the time they were made. */
function newestOfRepositories(jobs: MemoryJobs): Set<JobId> {
  const newest = new Map<string, JobId>()
  for (const { job } of jobs.rows.values()) {
    if (job.repositoryId === undefined) continue
    const key = JSON.stringify([job.tenant, job.repositoryId])
    if (job.id > (newest.get(key) ?? "")) newest.set(key, job.id)
  }
  return new Set(newest.values())
}

function finishedLast(a: JobRow, b: JobRow): number {
  return finishedAt(b.job) - finishedAt(a.job) || (a.job.id < b.job.id ? 1 : -1)
}

function finishedAt(job: JobRow["job"]): number {
  return job.finishedAt?.getTime() ?? -Infinity
}
