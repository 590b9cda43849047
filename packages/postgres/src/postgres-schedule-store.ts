import type { Clock, Database, JobId, Recurrence, Schedule, ScheduledJob, ScheduleStore } from "@assay/core"
import * as statements from "./statements/schedules.js"

export interface PostgresScheduleStoreOptions {
  /** Migrated with `postgresMigrations`. Stays the caller's to close. */
  database: Database
  /** What the store takes for the time, in tests. Default: the database's clock. */
  clock?: Pick<Clock, "now">
}

/** Keeps schedules in the schema `assay`. */
export function createPostgresScheduleStore({ database, clock }: PostgresScheduleStoreOptions): ScheduleStore {
  const time = (): Date | undefined => clock && new Date(clock.now())

  return {
    async put({ tenant, id, recurrence, job, nextAt }) {
      const values = [time(), tenant, id, JSON.stringify(recurrence), JSON.stringify(job), job.repositoryId, nextAt]
      const [row] = await database.query<ScheduleRow>(statements.putSchedule, values)
      return toSchedule(row as ScheduleRow)
    },

    async get(tenant, id) {
      const [row] = await database.query<ScheduleRow>(statements.selectSchedule, [tenant, id])
      return row && toSchedule(row)
    },

    async list(tenant, { repositoryId } = {}) {
      return (await database.query<ScheduleRow>(statements.selectSchedules, [tenant, repositoryId])).map(toSchedule)
    },

    async remove(tenant, id) {
      return (await database.query(statements.deleteSchedule, [tenant, id])).length > 0
    },

    async due(limit) {
      const rows = await database.query<DueRow>(statements.selectDueSchedules, [time(), limit])
      const { now, upcoming_at: upcoming } = rows[0] as DueRow
      return {
        schedules: rows.filter((row): row is DueRow & ScheduleRow => row.id !== null).map(toSchedule),
        now,
        nextInMs: upcoming === null ? undefined : upcoming.getTime() - now.getTime(),
      }
    },

    async advance({ tenant, id, nextAt }, job, then) {
      return (await database.query(statements.advanceSchedule, [tenant, id, nextAt, job.id, then])).length > 0
    },
  }
}

interface ScheduleRow {
  id: string
  tenant: string
  recurrence: Recurrence
  job: ScheduledJob
  next_at: Date
  last_at: Date | null
  last_job_id: JobId | null
  created_at: Date
}

type DueRow = { now: Date; upcoming_at: Date | null } & (ScheduleRow | { id: null })

function toSchedule(row: ScheduleRow): Schedule {
  return {
    id: row.id,
    tenant: row.tenant,
    recurrence: row.recurrence,
    job: row.job,
    nextAt: row.next_at,
    lastAt: row.last_at ?? undefined,
    lastJobId: row.last_job_id ?? undefined,
    createdAt: row.created_at,
  }
}
