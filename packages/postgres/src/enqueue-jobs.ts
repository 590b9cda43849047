import { AssayError, changes } from "@assay/core"
import type { EnqueuedJob, Job, NewJob, Transaction } from "@assay/core"
import { applyChanges } from "./apply-changes.js"
import type { WriteContext } from "./apply-changes.js"
import { toJob } from "./rows.js"
import type { JobRow } from "./rows.js"
import * as statements from "./statements/enqueue.js"
import { selectJob } from "./statements/read.js"
import { tryAgain } from "./try-again.js"

/** How often the keys of a job may change hands while it is being added. */
const rounds = 20

export async function enqueueJobs(context: WriteContext, jobs: readonly NewJob[]): Promise<EnqueuedJob[]> {
  if (jobs.length === 0) return []
  const { database, transaction, time } = context
  if (transaction) return addAll(transaction, context, jobs)
  // Nothing can be in the way of jobs without keys, so one statement is all it takes.
  if (jobs.every(isFree)) {
    const added = await insert(database, jobs, time)
    if (added.size === jobs.length) return jobs.map((job) => answer(added.get(job.id) as Job))
  }
  return tryAgain(() => database.transaction((own) => addAll(own, context, jobs)))
}

async function addAll(
  transaction: Transaction,
  context: WriteContext,
  jobs: readonly NewJob[],
): Promise<EnqueuedJob[]> {
  // One that cancels others must not cancel those that come after it in the same call.
  const inOrder = jobs.some((job) => job.preempts)
  const added = inOrder ? new Map<string, Job>() : await insert(transaction, jobs, context.time)
  const answers: EnqueuedJob[] = []
  for (const job of jobs) {
    const own = added.get(job.id)
    answers.push(own ? answer(own) : await addOne(transaction, context, job))
  }
  return answers
}

/** Adds a job whose keys another one may have. */
async function addOne(transaction: Transaction, context: WriteContext, job: NewJob): Promise<EnqueuedJob> {
  const stop = (others: readonly Job[]): Promise<Job[]> => displace({ ...context, transaction }, others, job)
  if (job.preempts && job.exclusiveKey !== undefined) {
    await transaction.query(statements.waitForExclusiveKey, [job.tenant, job.exclusiveKey])
  }
  for (let round = 0; round < rounds; round++) {
    const known = await findKnown(transaction, job)
    if (known) return known
    const holder = await lockHolder(transaction, job)
    if (holder && job.onConflict !== "replace") return answer(await join(transaction, holder, job), false)
    if (holder) await transaction.query("savepoint before_replacing")
    const displaced = holder ? await stop([holder]) : []
    const own = (await insert(transaction, [job], context.time)).get(job.id)
    if (!own) {
      // Somebody took the idempotency key meanwhile, so that this one joins that job and has no right to replace another.
      if (holder) await transaction.query("rollback to savepoint before_replacing")
      continue
    }
    if (holder) await transaction.query("release savepoint before_replacing")
    // Only now, for the same reason.
    if (job.preempts && job.exclusiveKey !== undefined) displaced.push(...(await stopRivals(transaction, job, stop)))
    return { job: own, added: true, displaced }
  }
  throw new AssayError("UNAVAILABLE", `The keys of job ${job.id} changed hands ${rounds} times while it was added.`, {
    retryable: true,
  })
}

/**
 * Stops all other unfinished jobs of the exclusive key. Locking their rows may mean to wait for somebody who then puts
 * another job in the place of the one that was waited for, which the statement that waited cannot see. So it looks again
 * until nobody is left.
 */
async function stopRivals(
  transaction: Transaction,
  job: NewJob,
  stop: (rivals: readonly Job[]) => Promise<Job[]>,
): Promise<Job[]> {
  const keys = [job.tenant, job.exclusiveKey, job.id]
  const stopped: Job[] = []
  while ((await transaction.query(statements.selectRivals, keys)).length > 0) {
    stopped.push(...(await stop((await transaction.query<JobRow>(statements.lockRivals, keys)).map(toJob))))
  }
  return stopped
}

/** A job of the same idempotency key; or this very job, when it was added before and only the answer was lost. */
async function findKnown(transaction: Transaction, job: NewJob): Promise<EnqueuedJob | undefined> {
  const [own] = await transaction.query<JobRow>(selectJob, [job.id])
  if (own) return answer(toJob(own))
  if (job.idempotencyKey === undefined) return undefined
  const keys = [job.tenant, job.type, job.idempotencyKey]
  const [same] = await transaction.query<JobRow>(statements.selectByIdempotencyKey, keys)
  return same && answer(toJob(same), false)
}

async function lockHolder(transaction: Transaction, job: NewJob): Promise<Job | undefined> {
  if (job.conflictKey === undefined) return undefined
  const keys = [job.tenant, job.type, job.conflictKey]
  const [holder] = await transaction.query<JobRow>(statements.lockByConflictKey, keys)
  return holder && toJob(holder)
}

async function join(transaction: Transaction, holder: Job, job: NewJob): Promise<Job> {
  if (job.onConflict !== "coalesce" || holder.state !== "running") return holder
  const values = [holder.id, JSON.stringify(job.input), JSON.stringify(job.secrets)]
  const [noted] = await transaction.query<JobRow>(statements.noteRerun, values)
  return noted ? toJob(noted) : holder
}

async function displace(context: WriteContext, others: readonly Job[], by: NewJob): Promise<Job[]> {
  const reason = `Displaced by ${by.id}.`
  const stops = others.map(({ id, state }) =>
    (state === "running" ? changes.cancelRequested : changes.cancelled)(id, reason),
  )
  return (await applyChanges(context, stops)).filter((job) => job !== undefined)
}

async function insert(on: Transaction, jobs: readonly NewJob[], time: Date | undefined): Promise<Map<string, Job>> {
  const { text, values } = statements.insertJobsStatement
  const rows = await on.query<JobRow>(text, values(jobs, time))
  return new Map(rows.map((row) => [row.id, toJob(row)]))
}

function isFree(job: NewJob): boolean {
  return job.conflictKey === undefined && job.idempotencyKey === undefined && !job.preempts
}

function answer(job: Job, added = true): EnqueuedJob {
  return { job, added, displaced: [] }
}
