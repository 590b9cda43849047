import type { JobEvent } from "../events.js"
import type { Job, JobId } from "../job.js"
import { isBegun } from "./job-row.js"
import type { JobRow } from "./job-row.js"

/** All that a memory store remembers. */
export interface MemoryJobs {
  /** In the order they were added. */
  readonly rows: Map<JobId, JobRow>
  /** All events in the order they were committed: the position is the cursor. Those that were forgotten left gaps. */
  readonly feed: (JobEvent | undefined)[]
  /** The names of queues. */
  readonly paused: Set<string>
  /** When jobs were claimed, of types that have a rate, oldest first. */
  readonly starts: Map<string, readonly Date[]>
}

export function put(jobs: MemoryJobs, row: JobRow): Job {
  const before = jobs.rows.get(row.job.id)
  jobs.rows.set(row.job.id, row)
  jobs.feed.push(...row.events.slice(before?.events.length ?? 0))
  return row.job
}

export function inState(jobs: MemoryJobs, state: Job["state"]): JobRow[] {
  return [...jobs.rows.values()].filter(({ job }) => job.state === state)
}

/** Those in progress that do not run. */
export function begunRows(jobs: MemoryJobs): JobRow[] {
  return [...jobs.rows.values()].filter(isBegun)
}

export function byMoment(a: JobRow, b: JobRow): number {
  return a.job.runAt.getTime() - b.job.runAt.getTime() || (a.job.id < b.job.id ? -1 : 1)
}

export function bestFirst(a: JobRow, b: JobRow): number {
  return b.job.priority - a.job.priority || byMoment(a, b)
}
