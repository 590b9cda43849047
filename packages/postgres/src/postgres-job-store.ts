import type { Clock, Database, JobReader, JobStore } from "@assay/core"
import { applyChanges } from "./apply-changes.js"
import { claimJobs } from "./claim-jobs.js"
import { enqueueJobs } from "./enqueue-jobs.js"
import { discardJobs, pruneJobs } from "./prune-jobs.js"
import { createPostgresJobReader } from "./postgres-job-reader.js"
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

    prune: (request) => pruneJobs(database, request, time()),
    discard: (jobIds) => discardJobs(database, jobIds),

    transaction: (work) => database.transaction(work),
    close: async () => {},
  }
}
