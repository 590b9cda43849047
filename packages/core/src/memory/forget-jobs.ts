import type { JobId } from "../job.js"
import { isFinished } from "../lifecycle.js"
import type { PruneRequest } from "../store.js"
import type { JobRow } from "./job-row.js"
import { later } from "./job-row.js"
import type { MemoryJobs } from "./memory-jobs.js"

export function pruneJobs(jobs: MemoryJobs, { keepMs, keepJobs, limit }: PruneRequest, now: Date): number {
  const all = [...jobs.rows.values()]
  const newest = new Map<string, JobId>()
  for (const { job } of all) {
    const repository = `${job.repositoryId} ${job.tenant}`
    if (job.repositoryId !== undefined && job.id > (newest.get(repository) ?? "")) newest.set(repository, job.id)
  }
  const finishedAt = ({ job }: JobRow): number => job.finishedAt?.getTime() ?? 0
  const ranks = new Map<string, number>()
  const excluded = all
    .filter(({ job }) => isFinished(job.state))
    .sort((a, b) => finishedAt(b) - finishedAt(a) || (a.job.id < b.job.id ? 1 : -1))
    .filter((row) => {
      const rank = (ranks.get(row.job.tenant) ?? 0) + 1
      ranks.set(row.job.tenant, rank)
      const tooOld = keepMs !== undefined && finishedAt(row) < later(now, -keepMs).getTime()
      return tooOld || (keepJobs !== undefined && rank > keepJobs)
    })
    .filter(({ job }) => newest.get(`${job.repositoryId} ${job.tenant}`) !== job.id)
  return forget(jobs, excluded.slice(-limit)).length
}

export function discardJobs(jobs: MemoryJobs, jobIds: readonly JobId[]): JobId[] {
  const rows = [...new Set(jobIds)].flatMap((jobId) => jobs.rows.get(jobId) ?? [])
  return forget(
    jobs,
    rows.filter(({ job }) => job.state === "failed" || job.state === "cancelled"),
  )
}

function forget(jobs: MemoryJobs, rows: readonly JobRow[]): JobId[] {
  const ids = new Set(rows.map(({ job }) => job.id))
  for (const id of ids) jobs.rows.delete(id)
  return [...ids]
}
