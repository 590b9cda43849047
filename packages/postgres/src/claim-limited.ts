import { createClaimRoom } from "@assay/core"
import type { Claim, ClaimLimits, ClaimRequest, ClaimRoom, Database, Job, JobId, Transaction } from "@assay/core"
import { chooseJobs, waitsForRate } from "./choose-jobs.js"
import type { Choice } from "./choose-jobs.js"
import { toJob } from "./rows.js"
import type { JobRow } from "./rows.js"
import { claimChosen, claimValues } from "./statements/claim.js"
import * as statements from "./statements/limits.js"
import { lostRace, tryAgain } from "./try-again.js"

export interface LimitedClaim {
  readonly database: Database
  readonly time: Date | undefined
  /** Those that limit something. */
  readonly limits: Readonly<Record<string, ClaimLimits>>
}

/** How often a job a bell was rung for may be locked by one after the other who ends up not claiming it. */
const rounds = 20

/**
 * Claims jobs of which some have limits, in transactions that count what runs, choose and claim while nobody else does so
 * for the same types.
 */
export async function claimLimited(claim: LimitedClaim, request: ClaimRequest): Promise<Claim> {
  const jobs: Job[] = []
  for (let round = 1; ; round++) {
    const limit = request.limit - jobs.length
    const done = await claimOnce(claim, { ...request, limit })
    jobs.push(...done.jobs)
    const missed = done.locked.filter((jobId) => request.prefer?.includes(jobId))
    if (missed.length === 0 || jobs.length === request.limit || round === rounds) {
      return { jobs: jobs.sort(bestFirst), nextInMs: jobs.length < request.limit ? done.nextInMs : undefined }
    }
    // In a transaction of its own: whoever has them locked must not keep others from claiming jobs of these types.
    await claim.database.query(statements.waitForJobs, [missed])
  }
}

interface Done extends Claim {
  /** Chosen, but somebody else has them locked. */
  readonly locked: readonly JobId[]
}

async function claimOnce(claim: LimitedClaim, request: ClaimRequest): Promise<Done> {
  const rivals = ["jobs_running_exclusive_key"]
  try {
    return await tryAgain(() => claim.database.transaction((own) => claimWithin(own, claim, request)), rivals)
  } catch (error) {
    if (lostRace(error, rivals)) return { jobs: [], locked: [], nextInMs: undefined }
    throw error
  }
}

async function claimWithin(
  transaction: Transaction,
  { time, limits }: LimitedClaim,
  request: ClaimRequest,
): Promise<Done> {
  await transaction.query(statements.waitForTypes, [Object.keys(limits)])
  const jobs: Job[] = []
  const locked: JobId[] = []
  for (;;) {
    const limit = request.limit - jobs.length
    const room = await readRoom(transaction, { time, limits })
    const choice = await chooseJobs(transaction, { ...request, limit }, { room, without: locked })
    const chosen = choice.jobs.map(({ id }) => id)
    const claimed = chosen.length === 0 ? [] : await claimAll(transaction, { ...request, limit }, { time, chosen })
    await noteStarts(transaction, { time, limits }, claimed)
    jobs.push(...claimed)
    const missing = chosen.filter((id) => !claimed.some((job) => job.id === id))
    locked.push(...missing)
    // Others may take the place of those that somebody else has locked.
    if (missing.length > 0) continue
    const nextInMs = jobs.length < request.limit ? await readNext(transaction, { time, limits }, choice) : undefined
    return { jobs, locked, nextInMs }
  }
}

async function claimAll(
  transaction: Transaction,
  request: ClaimRequest,
  { time, chosen }: { time: Date | undefined; chosen: readonly JobId[] },
): Promise<Job[]> {
  return (await transaction.query<JobRow>(claimChosen, [...claimValues(request, time), chosen])).map(toJob)
}

type Limits = Omit<LimitedClaim, "database">

async function readRoom(transaction: Transaction, { time, limits }: Limits): Promise<ClaimRoom> {
  const running = await transaction.query<UsageRow>(statements.countRunning, [Object.keys(limits)])
  const bounded = Object.keys(limits).filter((type) => limits[type]?.inProgress !== undefined)
  const begun = bounded.length > 0 ? await transaction.query<UsageRow>(statements.countBegun, [bounded]) : []
  const { types, perMs, most } = ratesOf(limits)
  const starts =
    types.length > 0 ? await transaction.query<UsageRow>(statements.countStarts, [time, types, perMs, most]) : []
  return createClaimRoom(limits, {
    running: running.map(({ type, limit_key, count }) => ({ type, limitKey: limit_key ?? undefined, count })),
    begun: new Map(begun.map(({ type, count }) => [type, count])),
    starts: new Map(starts.map(({ type, count }) => [type, count])),
  })
}

async function noteStarts(transaction: Transaction, { time, limits }: Limits, claimed: readonly Job[]): Promise<void> {
  const started = claimed.map(({ type }) => type).filter((type) => limits[type]?.rate)
  if (started.length === 0) return
  const { types, perMs } = ratesOf(limits)
  await transaction.query(statements.noteStarts, [time, started, types, perMs])
}

/** When a job could be claimed that nothing but the rate of its type keeps from it. */
async function readNext(
  transaction: Transaction,
  { time, limits }: Limits,
  choice: Choice,
): Promise<number | undefined> {
  let nextInMs: number | undefined
  for (const [type, { rate }] of Object.entries(limits)) {
    if (!rate || !(await waitsForRate(transaction, choice, type))) continue
    const values = [time, type, rate.perMs, rate.starts]
    const [row] = await transaction.query<{ rest_ms: number }>(statements.selectRest, values)
    if (row) nextInMs = Math.min(nextInMs ?? Infinity, Math.max(0, Math.ceil(row.rest_ms)))
  }
  return nextInMs
}

function ratesOf(limits: Limits["limits"]): { types: string[]; perMs: number[]; most: number[] } {
  const rates = Object.entries(limits).flatMap(([type, { rate }]) => (rate ? [{ type, ...rate }] : []))
  return {
    types: rates.map(({ type }) => type),
    perMs: rates.map(({ perMs }) => perMs),
    most: rates.map(({ starts }) => starts),
  }
}

interface UsageRow {
  type: string
  limit_key: string | null
  count: number
}

function bestFirst(a: Job, b: Job): number {
  return b.priority - a.priority || a.runAt.getTime() - b.runAt.getTime() || (a.id < b.id ? -1 : 1)
}
