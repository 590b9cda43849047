import { createClaimRoom, limitsThatCount } from "../claim-room.js"
import type { LimitedJob } from "../claim-room.js"
import type { Job } from "../job.js"
import type { Claim, ClaimLimits, ClaimRequest } from "../store.js"
import { claimedRow, isBegun } from "./job-row.js"
import { begunRows, bestFirst, inState, put } from "./memory-jobs.js"
import type { MemoryJobs } from "./memory-jobs.js"
import type { JobRow } from "./job-row.js"

export function claimJobs(jobs: MemoryJobs, request: ClaimRequest, now: Date): Claim {
  if (jobs.paused.has(request.queue)) return { jobs: [], nextInMs: undefined }
  const limits = limitsThatCount(request.types, request.limits)
  forgetStarts(jobs, limits, now)
  const running = inState(jobs, "running").map(({ job }) => job)
  const room = createClaimRoom(limits, {
    running: running.map(({ type, limitKey }) => ({ type, limitKey, count: 1 })),
    begun: countByType(begunRows(jobs)),
    starts: new Map([...jobs.starts].map(([type, starts]) => [type, starts.length])),
  })
  const taken = new Set(running.map(exclusive))
  const isFree = (job: Job): boolean => job.exclusiveKey === undefined || !taken.has(exclusive(job))

  const claimed: Job[] = []
  const waiting: { job: Job; limited: LimitedJob }[] = []
  for (const row of inState(jobs, "queued").sort(bestFirst)) {
    if (claimed.length >= request.limit) return { jobs: claimed, nextInMs: undefined }
    const { job } = row
    if (job.queue !== request.queue || !request.types.includes(job.type) || job.cancelRequestedAt) continue
    if (!isFree(job)) continue
    const limited: LimitedJob = { type: job.type, limitKey: job.limitKey, begun: isBegun(row) }
    if (!room.fits(limited)) {
      waiting.push({ job, limited })
      continue
    }
    room.take(limited)
    taken.add(exclusive(job))
    if (limits[job.type]?.rate) jobs.starts.set(job.type, [...(jobs.starts.get(job.type) ?? []), now])
    claimed.push(put(jobs, claimedRow(row, request, now)))
  }
  const rests = waiting
    .filter(({ job, limited }) => isFree(job) && room.fitsButForRate(limited))
    .map(({ limited: { type } }) => restMs(jobs.starts.get(type), limits[type]?.rate, now))
  return {
    jobs: claimed,
    nextInMs: claimed.length < request.limit && rests.length > 0 ? Math.min(...rests) : undefined,
  }
}

function countByType(rows: readonly JobRow[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { job } of rows) counts.set(job.type, (counts.get(job.type) ?? 0) + 1)
  return counts
}

/** What lies further back than a rate looks cannot be in the way of anything. */
function forgetStarts(jobs: MemoryJobs, limits: Readonly<Record<string, ClaimLimits>>, now: Date): void {
  for (const [type, { rate }] of Object.entries(limits)) {
    if (!rate) continue
    const starts = jobs.starts.get(type) ?? []
    jobs.starts.set(
      type,
      starts.filter((at) => at.getTime() > now.getTime() - rate.perMs),
    )
  }
}

/** Until so many of the latest starts lie far enough back that there may be one more. */
function restMs(starts: readonly Date[] | undefined, rate: ClaimLimits["rate"], now: Date): number {
  const first = rate && starts?.at(-rate.starts)
  return first ? first.getTime() + rate.perMs - now.getTime() : 0
}

function exclusive(job: Job): string {
  return JSON.stringify([job.tenant, job.exclusiveKey])
}
