import type { ClaimRequest, ClaimRoom, JobId, LimitedJob, Transaction } from "@assay/core"
import { selectBest, selectBestOfLanes } from "./statements/limits.js"

/** The jobs that a claim is to take, the best first, and what that leaves. */
export interface Choice {
  readonly jobs: readonly Candidate[]
  readonly request: Pick<ClaimRequest, "queue" | "types" | "limit">
  readonly room: ClaimRoom
  readonly closed: Closed
  /** Those of the first look that could be claimed, were it not for the limits. */
  readonly seen: readonly Candidate[]
}

export interface Candidate extends LimitedJob {
  readonly id: JobId
  readonly tenant: string
  readonly exclusiveKey: string | undefined
}

/** What cannot be claimed, as far as it came to light. */
interface Closed {
  readonly types: Set<string>
  /** Limit keys, by their type. */
  readonly keys: Map<string, Set<string>>
  /** Exclusive keys that were taken in this claim, by their tenant. */
  readonly taken: Map<string, Set<string>>
  readonly jobs: JobId[]
}

/** So many of the best jobs are looked at first, which are nearly always enough. */
const firstLook = 64

export async function chooseJobs(
  transaction: Transaction,
  request: Pick<ClaimRequest, "queue" | "types" | "limit">,
  { room, without }: { room: ClaimRoom; without: readonly JobId[] },
): Promise<Choice> {
  const { queue, types, limit } = request
  const closed: Closed = { types: new Set(), keys: new Map(), taken: new Map(), jobs: [...without] }
  const jobs: Candidate[] = []

  /** The rows come best first, so that what is taken, and what is thereby closed to others, is as in one look at all. */
  function consider(candidates: readonly Candidate[]): void {
    for (const candidate of candidates) {
      if (jobs.length === limit) return
      const { id, tenant, exclusiveKey } = candidate
      if (isTaken(closed, candidate)) continue
      if (!room.fits(candidate)) {
        close(closed, candidate, room)
        continue
      }
      room.take(candidate)
      jobs.push(candidate)
      closed.jobs.push(id)
      if (exclusiveKey !== undefined) addTo(closed.taken, tenant, exclusiveKey)
    }
  }

  const first = await transaction.query<CandidateRow & { open: boolean }>(selectBest, [queue, types, firstLook])
  const seen = first.filter(({ open }) => open).map(toCandidate)
  consider(seen)
  if (first.length === firstLook) {
    let found = first.length
    while (jobs.length < limit && found > 0) {
      const rows = await lookIntoLanes(transaction, { request, closed })
      found = rows.length
      consider(rows)
    }
  }
  return { jobs, request, room, closed, seen }
}

/** Whether a job of `type` is left that nothing but the rate of its type keeps from being claimed. */
export async function waitsForRate(transaction: Transaction, choice: Choice, type: string): Promise<boolean> {
  const { request, room, closed, seen } = choice
  const any = { type, limitKey: undefined }
  if (room.fits(any) || !room.fitsButForRate(any)) return false
  const isLeft = (job: Candidate): boolean => job.type === type && !isTaken(closed, job) && room.fitsButForRate(job)
  if (seen.some(isLeft)) return true
  const ofType = { queue: request.queue, types: [type], limit: 1 }
  return (await lookIntoLanes(transaction, { request: ofType, closed: { ...closed, types: new Set() } })).some(isLeft)
}

async function lookIntoLanes(
  transaction: Transaction,
  { request, closed }: Pick<Choice, "request" | "closed">,
): Promise<Candidate[]> {
  const types = request.types.filter((type) => !closed.types.has(type))
  if (types.length === 0) return []
  const [keys, taken] = [pairsOf(closed.keys), pairsOf(closed.taken)]
  const rows = await transaction.query<CandidateRow>(selectBestOfLanes, [
    ...[request.queue, types, request.limit],
    ...[keys.owners, keys.members, taken.owners, taken.members, closed.jobs],
  ])
  return rows.map(toCandidate)
}

/** Whether the job itself, or its exclusive key, was taken in this claim. */
function isTaken(closed: Closed, { id, tenant, exclusiveKey }: Candidate): boolean {
  return (
    closed.jobs.includes(id) || (exclusiveKey !== undefined && closed.taken.get(tenant)?.has(exclusiveKey) === true)
  )
}

/** Notes why a job cannot be claimed: its key has no room, or no job of its type has. */
function close(closed: Closed, job: LimitedJob, room: ClaimRoom): void {
  const { type, limitKey } = job
  if (limitKey !== undefined && room.fits({ type, limitKey: undefined })) addTo(closed.keys, type, limitKey)
  else closed.types.add(type)
}

function addTo(sets: Map<string, Set<string>>, owner: string, member: string): void {
  sets.set(owner, (sets.get(owner) ?? new Set()).add(member))
}

function pairsOf(sets: ReadonlyMap<string, ReadonlySet<string>>): { owners: string[]; members: string[] } {
  const pairs = [...sets].flatMap(([owner, members]) => [...members].map((member) => [owner, member] as const))
  return { owners: pairs.map(([owner]) => owner), members: pairs.map(([, member]) => member) }
}

interface CandidateRow {
  id: JobId
  tenant: string
  type: string
  limit_key: string | null
  exclusive_key: string | null
}

function toCandidate(row: CandidateRow): Candidate {
  const { id, tenant, type } = row
  return { id, tenant, type, limitKey: row.limit_key ?? undefined, exclusiveKey: row.exclusive_key ?? undefined }
}
