import { frequent } from "../frequent.js"
import { isBegun } from "./begun.js"
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

/** Those in progress that do not run, of the types `$1`. */
export const countBegun = frequent(
  "count_begun",
  `
  select type, count(*) as count from assay.jobs
  where type = any ($1::text[]) and ${isBegun}
  group by type`,
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

const facts = `id, tenant, type, limit_key, exclusive_key, ${isBegun} as begun`

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

/**
 * The best `$3` jobs of queue `$1` and the types `$2` that can be claimed, except those of the types `$4` with the limit
 * keys `$5`, those of the tenants `$6` with the exclusive keys `$7`, and the jobs `$8`; of the types `$9` only those that are
 * in progress already. Those that stand in front cost a glance each, well below a microsecond.
 */
export const selectBestOfRest = frequent(
  "select_best_of_rest",
  `
  select ${facts} from assay.jobs
  where state = 'queued' and queue = $1 and type = any ($2::text[]) and cancel_requested_at is null
    and (limit_key is null or (type, limit_key) not in (select * from unnest($4::text[], $5::text[])))
    and (exclusive_key is null or (tenant, exclusive_key) not in (select * from unnest($6::text[], $7::text[])))
    and not id = any ($8::text[]) and ${isFree} and (type <> all ($9::text[]) or ${isBegun})
    and not exists (select from assay.paused_queues where name = $1)
  order by priority desc, run_at, id limit $3`,
)

/** Waits until nobody has these jobs locked. */
export const waitForJobs = `
  select id from assay.jobs where id = any ($1::text[]) and state = 'queued' order by id for update`
