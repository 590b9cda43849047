import type { Clock, Database, WorkerQueue, WorkerRegistry } from "@assay/core"
import * as statements from "./statements/workers.js"

export interface PostgresWorkerRegistryOptions {
  /** Migrated with `postgresMigrations`. Stays the caller's to close. */
  database: Database
  /** What the registry takes for the time, in tests. Default: the database's clock. */
  clock?: Pick<Clock, "now">
}

/** Knows the workers of all processes on the same database. */
export function createPostgresWorkerRegistry({ database, clock }: PostgresWorkerRegistryOptions): WorkerRegistry {
  const time = (): Date | undefined => clock && new Date(clock.now())

  return {
    async report({ id, host, pid, queues, stopping }, liveForMs) {
      const values = [time(), id, host, pid, JSON.stringify(queues), stopping, liveForMs]
      await database.query(statements.reportWorker, values)
    },
    async live() {
      const rows = await database.query<WorkerRow>(statements.selectLiveWorkers, [time()])
      return rows.map(({ started_at: startedAt, seen_at: seenAt, ...row }) => ({ ...row, startedAt, seenAt }))
    },
    async leave(workerId) {
      await database.query(statements.deleteWorker, [workerId])
    },
  }
}

interface WorkerRow {
  id: string
  host: string
  pid: number
  queues: WorkerQueue[]
  stopping: boolean
  started_at: Date
  seen_at: Date
  busy: number
}
