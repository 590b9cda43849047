import { now } from "./input-rows.js"

const columns = "id, tenant, url, key, name, default_branch, trusted, snapshot, created_at, updated_at"

/** By either key in one look, or one of them could be taken between two. */
export const selectByEitherKey = `
  select ${columns}, idempotency_key is not distinct from $3 and $3::text is not null as repeated
  from assay.repositories where tenant = $1 and (key = $2 or idempotency_key = $3)
  order by repeated desc limit 1`

export const insertRepository = `
  insert into assay.repositories (
    tenant, url, key, name, default_branch, trusted, idempotency_key, created_at, updated_at
  )
  select $2, $3, $4, $5, $6, $7, $8, now, now from (select ${now} as now) as clock
  on conflict do nothing
  returning ${columns}`

export const selectRepository = `select ${columns} from assay.repositories where id = $1 and tenant = $2`

export const selectByKey = `select ${columns} from assay.repositories where tenant = $1 and key = $2`

export const selectRepositories = `
  select ${columns} from assay.repositories where tenant = $1
  order by indexed_at desc nulls last, id desc limit $2 offset $3`

export const countRepositories = "select count(*) as count from assay.repositories where tenant = $1"

export const updateRepository = `
  update assay.repositories set default_branch = coalesce($3, default_branch), updated_at = ${now}
  where id = $2 returning ${columns}`

export const publishSnapshot = `
  update assay.repositories set snapshot = $3, indexed_at = $4, updated_at = ${now}
  where id = $2 returning ${columns}`

/** Its schedules go with it. */
export const deleteRepository = `
  with unscheduled as (delete from assay.schedules where repository_id = $1)
  delete from assay.repositories where id = $1 returning id`
