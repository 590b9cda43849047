import { now } from "./input-rows.js"

const columns = "id, tenant, recurrence, job, next_at, last_at, last_job_id, created_at"

export const putSchedule = `
  insert into assay.schedules as schedules (tenant, id, recurrence, job, repository_id, next_at, created_at)
  values ($2, $3, $4::json, $5::json, $6::bigint, $7::timestamptz, ${now})
  on conflict (tenant, id) do update set
    recurrence = excluded.recurrence, job = excluded.job, repository_id = excluded.repository_id, next_at = excluded.next_at
  returning ${columns}`

export const selectSchedule = `select ${columns} from assay.schedules where tenant = $1 and id = $2`

export const selectSchedules = `
  select ${columns} from assay.schedules
  where tenant = $1 and ($2::bigint is null or repository_id = $2) order by id`

export const deleteSchedule = "delete from assay.schedules where tenant = $1 and id = $2 returning id"

/** One row per schedule that is due, or one without any; each with the time and the moment of the first that is not due. */
export const selectDueSchedules = `
  with clock as materialized (select ${now} as now)
  select now, (select min(next_at) from assay.schedules where next_at > now) as upcoming_at, due.*
  from clock left join lateral (
    select ${columns} from assay.schedules where next_at <= now order by next_at, tenant, id limit $2
  ) as due on true
  order by due.next_at, due.tenant, due.id`

export const advanceSchedule = `
  update assay.schedules set last_at = next_at, last_job_id = $4, next_at = $5::timestamptz
  where tenant = $1 and id = $2 and next_at = $3::timestamptz
  returning id`
