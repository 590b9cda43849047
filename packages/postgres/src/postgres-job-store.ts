import type { Clock, Database, JobId, JobReader, JobStore } from "@assay/core"
import { applyChanges } from "./apply-changes.js"
import { claimJobs } from "./claim-jobs.js"
import { enqueueJobs } from "./enqueue-jobs.js"
import { createPostgresJobReader } from "./postgres-job-reader.js"
import { discardJobs, pruneJobs } from "./statements/forget.js"
import { expireLeases, heartbeatStatement, markDispatched } from "./statements/lease.js"
import { pauseQueue, resumeQueue } from "./statements/pause.js"
import { sweepJobs } from "./sweep-jobs.js"
import { tryAgain } from "./try-again.js"

export interface PostgresJobStoreOptions {
  /** Migrated with `postgresMigrations`. Stays the caller's to close. */
  database: Database & { readonly exclusive?: boolean }
  /** What the store takes for the time, in tests. Default: the database's clock. */
  clock?: Pick<Clock, "now">
}

/**
 * Keeps jobs in the schema `assay`. Every method is one statement for all the jobs it was given, as long as nobody is in
 * the way; `enqueue` of jobs with keys, and a claim of types with limits, are short transactions.
 *
 * On a database that nobody else can have open (a local folder), whatever was running belonged to a process that is gone:
 * its leases expire now.
 */
export async function createPostgresJobStore(options: PostgresJobStoreOptions): Promise<JobStore & JobReader> {
  const { database, clock } = options
  const time = (): Date | undefined => clock && new Date(clock.now())
  if (database.exclusive) await database.query(expireLeases, [time()])

  return {
    ...createPostgresJobReader(database),
    name: "postgres",

    async identity() {
      const [row] = await database.query<{ store: string }>("select store from assay.identity")
      return row?.store ?? ""
    },

    enqueue: (jobs, transaction) => enqueueJobs({ database, transaction, time: time() }, jobs),
    apply: (changes, transaction) => applyChanges({ database, transaction, time: time() }, changes),
    claim: (request) => claimJobs(database, request, time()),

    async heartbeat(leases, leaseMs) {
      if (leases.length === 0) return []
      const { text, values } = heartbeatStatement
      const rows = await tryAgain(() =>
        database.query<{ position: number; cancel_requested: boolean }>(text, values(leases, leaseMs, time())),
      )
      const held = new Map(rows.map((row) => [row.position, row.cancel_requested]))
      return leases.map((_, index) => ({
        alive: held.has(index + 1),
        cancelRequested: held.get(index + 1) ?? false,
      }))
    },

    async dispatched(jobIds) {
      if (jobIds.length > 0) await database.query(markDispatched, [time(), jobIds])
    },

    sweep: (request) => sweepJobs(database, request, time()),
    async pause(queue) {
      await database.query(pauseQueue, [queue])
    },
    async resume(queue) {
      await database.query(resumeQueue, [queue])
    },

    async prune({ keepMs, keepJobs, limit }) {
      if (keepMs === undefined && keepJobs === undefined) return 0
      const values = [time(), keepMs, keepJobs, limit]
      const [row] = await tryAgain(() => database.query<{ count: number }>(pruneJobs, values))
      return row?.count ?? 0
    },

    async discard(jobIds) {
      if (jobIds.length === 0) return []
      const rows = await tryAgain(() => database.query<{ id: JobId }>(discardJobs, [jobIds]))
      return rows.map(({ id }) => id)
    },

    transaction: (work) => database.transaction(work),
    close: async () => {},
  }
}
