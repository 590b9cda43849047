import { frequent } from "../frequent.js"
import { now } from "./input-rows.js"

/**
 * Until the transaction ends, nobody else claims jobs of these types: of two who count at once, neither would see what the
 * other takes. In one order, so that callers wait for each other in one direction only.
 */
export const waitForTypes = `
  select pg_advisory_xact_lock(hashtext('assay.limits'), lock)
  from (select distinct hashtext(type) as lock from unnest($1::text[]) as types(type) order by lock) as locks`

/** What runs now. A lease that has expired counts until somebody declares it lost. */
export const countRunning = frequent(
  "count_running",
  `
  select type, limit_key, count(*) as count from assay.jobs
  where state = 'running' and type = any ($1::text[])
  group by type, limit_key`,
)

/** Per type with a rate, `$2::text[]`: how many were claimed within its `$3` milliseconds, as far as `$4` matter. */
export const countStarts = frequent(
  "count_starts",
  `
  with clock as materialized (select ${now} as now)
  select type, count(at) as count
  from clock, unnest($2::text[], $3::float8[], $4::bigint[]) as rates(type, per_ms, most)
  left join lateral (
    select at from assay.job_starts as starts, clock
    where starts.type = rates.type and starts.at > now - per_ms * interval '1 millisecond'
    order by at desc limit most
  ) as recent on true
  group by type`,
)

/** Adds one start of each of `$2`, and forgets those of the types of `$3` that lie further back than `$4` milliseconds. */
export const noteStarts = frequent(
  "note_starts",
  `
  with forgotten as (
    delete from assay.job_starts as starts
    using unnest($3::text[], $4::float8[]) as rates(type, per_ms)
    where starts.type = rates.type and starts.at <= ${now} - per_ms * interval '1 millisecond'
  )
  insert into assay.job_starts (type, at) select type, ${now} from unnest($2::text[]) as types(type)`,
)

/** In so many milliseconds there may be one more of type `$2`, whose rate is `$4` within `$3` milliseconds. */
export const selectRest = `
  select extract(epoch from at + $3::float8 * interval '1 millisecond' - ${now})::float8 * 1000 as rest_ms
  from assay.job_starts where type = $2 order by at desc offset $4::bigint - 1 limit 1`

const facts = "id, tenant, type, limit_key, exclusive_key"

/** A job of an exclusive key has to wait for the one that runs. */
const isFree = `
  (exclusive_key is null or not exists (
    select from assay.jobs as rival
    where rival.tenant = jobs.tenant and rival.exclusive_key = jobs.exclusive_key and rival.state = 'running'
  ))`

/** The best queued jobs of queue `$1`, whether they can be claimed or not. */
export const selectBest = frequent(
  "select_best",
  `
  select ${facts}, type = any ($2::text[]) and cancel_requested_at is null and ${isFree} as open
  from assay.jobs
  where state = 'queued' and queue = $1 and not exists (select from assay.paused_queues where name = $1)
  order by priority desc, run_at, id limit $3`,
)

/** Of the jobs that share queue, type and limit key. */
const bestOfLane = (sameKey: string): string => `
  select ${facts}, priority, run_at from assay.jobs
  where state = 'queued' and queue = $1 and type = lanes.type and ${sameKey}
    and cancel_requested_at is null and not id = any ($8::text[]) and ${isFree}
    and (exclusive_key is null or (tenant, exclusive_key) not in (select tenant, key from taken))
  order by priority desc, run_at, id limit $3`

const nextKey = (condition: string): string => `
  select limit_key from assay.jobs
  where state = 'queued' and queue = $1 and type = lanes.type and ${condition} order by limit_key limit 1`

/**
 * The best `$3` jobs of each lane that is not closed, which can be claimed. The keys are found by leaps from one to the
 * next, so that it does not matter how many jobs wait in a lane that is closed.
 *
 * Lanes are of the types `$2`; closed are those of the types `$4` and keys `$5`; exclusive keys that are taken are those
 * of the tenants `$6` and keys `$7`; the jobs `$8` are left out.
 */
export const selectBestOfLanes = frequent(
  "select_best_of_lanes",
  `
  with recursive taken as materialized (
    select * from unnest($6::text[], $7::text[]) as taken(tenant, key)
  ), closed as materialized (
    select type, key collate "C" as key from unnest($4::text[], $5::text[]) as closed(type, key)
  ), types as (
    select type from unnest($2::text[]) as types(type)
    where not exists (select from assay.paused_queues where name = $1)
  ), keys(type, key) as (
    select type, (${nextKey("limit_key is not null")}) from types as lanes
    union all
    select type, (${nextKey("limit_key > lanes.key")}) from keys as lanes where key is not null
  ), keyed as (
    select type, key from keys where key is not null and (type, key) not in (select type, key from closed)
  )
  select ${facts} from (
    select best.* from types as lanes cross join lateral (${bestOfLane("limit_key is null")}) as best
    union all
    select best.* from keyed as lanes cross join lateral (${bestOfLane("limit_key = lanes.key")}) as best
  ) as jobs
  order by priority desc, run_at, id`,
)

/** Waits until nobody has these jobs locked. */
export const waitForJobs = `
  select id from assay.jobs where id = any ($1::text[]) and state = 'queued' order by id for update`
