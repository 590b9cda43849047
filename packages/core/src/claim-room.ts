import type { Job } from "./job.js"
import type { ClaimLimits } from "./store.js"

/** How much the limits of a claim leave room for, while a store takes jobs one by one, the best first. */
export interface ClaimRoom {
  /** Whether all limits of its type let this job run as well. */
  fits(job: LimitedJob): boolean
  /** Whether all but the rate of its type do. */
  fitsButForRate(job: LimitedJob): boolean
  /** Limit keys, with their types, of which no more may run. */
  fullKeys(): Required<Pick<LimitedJob, "type" | "limitKey">>[]
  /** The job was taken, and counts from now on. */
  take(job: LimitedJob): void
}

export interface LimitedJob extends Pick<Job, "type" | "limitKey"> {
  /** It is in progress already, and was counted as that. */
  readonly begun: boolean
}

export interface ClaimUsage {
  /** Running jobs of the types that have limits. */
  readonly running: Iterable<Pick<LimitedJob, "type" | "limitKey"> & { readonly count: number }>
  /** Jobs of the types with such a limit that were begun and wait, by type. */
  readonly begun: ReadonlyMap<string, number>
  /** How many claims there were of each type that has a rate, within its `perMs` until now. */
  readonly starts: ReadonlyMap<string, number>
}

export function createClaimRoom(limits: Readonly<Record<string, ClaimLimits>>, usage: ClaimUsage): ClaimRoom {
  const ofType = new Map<string, number>()
  const ofKey = new Map<string, number>()
  const inProgress = new Map(usage.begun)
  const starts = new Map(usage.starts)
  const keyOf = ({ type, limitKey }: Pick<LimitedJob, "type" | "limitKey">): string | undefined =>
    limitKey === undefined ? undefined : JSON.stringify([type, limitKey])

  function count(job: Pick<LimitedJob, "type" | "limitKey">, more: number): void {
    add(ofType, job.type, more)
    const key = keyOf(job)
    if (key !== undefined) add(ofKey, key, more)
  }

  for (const { count: running, ...job } of usage.running) {
    count(job, running)
    add(inProgress, job.type, running)
  }

  function fitsButForRate(job: LimitedJob): boolean {
    const { concurrency = Infinity, perKey = Infinity, inProgress: most = Infinity } = limits[job.type] ?? {}
    const key = keyOf(job)
    if (!job.begun && (inProgress.get(job.type) ?? 0) >= most) return false
    return (ofType.get(job.type) ?? 0) < concurrency && (key === undefined || (ofKey.get(key) ?? 0) < perKey)
  }

  return {
    fitsButForRate,
    fullKeys: () =>
      [...ofKey].flatMap(([key, count]) => {
        const [type, limitKey] = JSON.parse(key) as [string, string]
        return count < (limits[type]?.perKey ?? Infinity) ? [] : [{ type, limitKey }]
      }),
    fits: (job) => fitsButForRate(job) && (starts.get(job.type) ?? 0) < (limits[job.type]?.rate?.starts ?? Infinity),
    take(job) {
      count(job, 1)
      if (!job.begun) add(inProgress, job.type, 1)
      add(starts, job.type, 1)
    },
  }
}

/** Of the limits that a claim shows, those that limit something. */
export function limitsThatCount(
  types: readonly string[],
  limits: Readonly<Record<string, ClaimLimits>> = {},
): Record<string, ClaimLimits> {
  return Object.fromEntries(
    types.flatMap((type) => {
      const own = Object.hasOwn(limits, type) ? limits[type] : undefined
      return own && Object.values(own).some((limit) => limit !== undefined) ? [[type, own]] : []
    }),
  )
}

function add(counts: Map<string, number>, key: string, more: number): void {
  counts.set(key, (counts.get(key) ?? 0) + more)
}
