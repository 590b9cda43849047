/**
 * The feed of all events goes by `position`, a sequence. A transaction may commit later than another one that drew a higher
 * position, and a reader who had gone past it would never see what it wrote. So a transaction that writes events holds a
 * lock until it ends, whose number says what was the last position *before* it drew any of its own: positions up to the
 * lowest of these numbers are settled. Transactions that write no events hold nobody back.
 */
const lockSpace = 16723n

const lastPosition = "coalesce(pg_sequence_last_value('assay.job_events_position_seq'::regclass), 0)"

/**
 * A part of `with`. Joined to what is inserted into `assay.job_events`, it is evaluated before a position is drawn. The
 * setting ends with the transaction and keeps one of many statements from taking as many locks.
 */
export const writesEvents = `
  feed as materialized (
    select case when current_setting('assay.writes_events', true) = 'yes' then ''
      else pg_advisory_xact_lock_shared(${lockSpace << 48n} | ${lastPosition})::text
        || set_config('assay.writes_events', 'yes', true)
      end as locked
  )`

/** To be asked in this order, each by a statement of its own: what is drawn later than the first is above its answer. */
export const selectLastPosition = `select ${lastPosition} as position`

/** Of transactions that are still open. */
export const selectUnsettledPosition = `
  select min((classid::bigint & 65535) << 32 | objid::bigint) as position
  from pg_locks
  where locktype = 'advisory' and objsubid = 1 and classid::bigint >> 16 = ${lockSpace}
    and database = (select oid from pg_database where datname = current_database())`
