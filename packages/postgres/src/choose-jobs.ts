import type { ClaimRequest, ClaimRoom, JobId, LimitedJob, Transaction } from "@assay/core"
import { selectBest, selectBestOfRest } from "./statements/limits.js"

/** The jobs that a claim is to take, the best first, and what it knows by then. */
export interface Choice {
  readonly jobs: readonly Candidate[]
  readonly request: Pick<ClaimRequest, "queue" | "types" | "limit">
  readonly room: ClaimRoom
  readonly taken: Taken
  /** Those of the first look that could be claimed, were it not for the limits. */
  readonly seen: readonly Candidate[]
}

export interface Candidate extends LimitedJob {
  readonly id: JobId
  readonly tenant: string
  readonly exclusiveKey: string | undefined
}

/** What nobody else of the same claim can have. */
interface Taken {
  readonly jobs: Set<JobId>
  readonly exclusiveKeys: { readonly tenant: string; readonly exclusiveKey: string }[]
}

/** So many of the best jobs are looked at first, which are nearly always enough. */
const firstLook = 64

export async function chooseJobs(
  transaction: Transaction,
  request: Pick<ClaimRequest, "queue" | "types" | "limit">,
  { room, without }: { room: ClaimRoom; without: readonly JobId[] },
): Promise<Choice> {
  const { queue, types, limit } = request
  const taken: Taken = { jobs: new Set(without), exclusiveKeys: [] }
  const jobs: Candidate[] = []

  /** The candidates come best first. Returns whether any of them was taken. */
  function consider(candidates: readonly Candidate[]): boolean {
    const before = jobs.length
    for (const candidate of candidates) {
      if (jobs.length === limit) break
      if (isTaken(taken, candidate) || !room.fits(candidate)) continue
      const { id, tenant, exclusiveKey } = candidate
      room.take(candidate)
      jobs.push(candidate)
      taken.jobs.add(id)
      if (exclusiveKey !== undefined) taken.exclusiveKeys.push({ tenant, exclusiveKey })
    }
    return jobs.length > before
  }

  const first = await transaction.query<CandidateRow & { open: boolean }>(selectBest, [queue, types, firstLook])
  const seen = first.filter(({ open }) => open).map(toCandidate)
  consider(seen)
  let more = first.length === firstLook
  while (more && jobs.length < limit) {
    const open = types.filter((type) => room.fits({ type, limitKey: undefined, begun: true }))
    more = consider(await lookFurther(transaction, { request: { queue, types: open, limit }, room, taken }))
  }
  return { jobs, request, room, taken, seen }
}

/** Whether a job of `type` is left that nothing but the rate of its type keeps from being claimed. */
export async function waitsForRate(transaction: Transaction, choice: Choice, type: string): Promise<boolean> {
  const { room, taken, seen } = choice
  const any = { type, limitKey: undefined, begun: true }
  if (room.fits(any) || !room.fitsButForRate(any)) return false
  if (seen.some((job) => job.type === type && !isTaken(taken, job) && room.fitsButForRate(job))) return true
  const request = { queue: choice.request.queue, types: [type], limit: 1 }
  return (await lookFurther(transaction, { request, room, taken })).length > 0
}

/** The best jobs whose keys leave room for them. */
async function lookFurther(
  transaction: Transaction,
  { request, room, taken }: Pick<Choice, "request" | "room" | "taken">,
): Promise<Candidate[]> {
  if (request.types.length === 0) return []
  const full = room.fullKeys()
  const onlyBegun = request.types.filter((type) => !room.fitsButForRate({ type, limitKey: undefined, begun: false }))
  const rows = await transaction.query<CandidateRow>(selectBestOfRest, [
    ...[request.queue, request.types, request.limit],
    ...[full.map(({ type }) => type), full.map(({ limitKey }) => limitKey)],
    ...[taken.exclusiveKeys.map(({ tenant }) => tenant), taken.exclusiveKeys.map((each) => each.exclusiveKey)],
    [...taken.jobs],
    onlyBegun,
  ])
  return rows.map(toCandidate)
}

/** Whether the job itself, or its exclusive key, was taken in this claim. */
function isTaken({ jobs, exclusiveKeys }: Taken, { id, tenant, exclusiveKey }: Candidate): boolean {
  return (
    jobs.has(id) ||
    (exclusiveKey !== undefined &&
      exclusiveKeys.some((each) => each.tenant === tenant && each.exclusiveKey === exclusiveKey))
  )
}

interface CandidateRow {
  id: JobId
  tenant: string
  type: string
  limit_key: string | null
  exclusive_key: string | null
  begun: boolean
}

function toCandidate(row: CandidateRow): Candidate {
  const { id, tenant, type, begun } = row
  const [limitKey, exclusiveKey] = [row.limit_key ?? undefined, row.exclusive_key ?? undefined]
  return { id, tenant, type, begun, limitKey, exclusiveKey }
}
