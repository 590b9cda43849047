import { jobStates } from "@assay/core"
import type { JobQuery } from "@assay/core"
import { jobColumns } from "../rows.js"

export const selectJob = `select ${jobColumns} from assay.jobs where id = $1`

/** Newest first: ids sort by the time they were made. One more than asked for, to see whether there are more. */
export function selectJobs(query: JobQuery): { text: string; values: unknown[] } {
  const { conditions, values } = conditionsOf(query)
  if (query.cursor !== undefined) conditions.push(`id < $${values.push(query.cursor)}`)
  const limit = `$${values.push((query.limit ?? 100) + 1)}`
  return {
    text: `select ${jobColumns} from assay.jobs ${where(conditions)} order by id desc limit ${limit}`,
    values,
  }
}

export function countJobs(query: JobQuery): { text: string; values: unknown[] } {
  const { conditions, values } = conditionsOf(query)
  return { text: `select state, count(*) as count from assay.jobs ${where(conditions)} group by state`, values }
}

export const selectLatestOfRepositories = `
  select ${jobColumns}
  from unnest($1::bigint[]) as wanted(id)
  cross join lateral (
    select * from assay.jobs where repository_id = wanted.id and tenant = $2 order by id desc limit 1
  ) as jobs`

export const selectAttempts = `
  select job_id, fence, worker, started_at, ended_at, outcome, failure
  from assay.job_attempts where job_id = $1 order by fence`

const eventColumns = "job_id, number, tenant, type, state, fence, data, at"

export const selectEvents = `
  select ${eventColumns} from assay.job_events where job_id = $1 and number > $2 order by number limit $3`

/**
 * Events in the order of the transactions that wrote them, up to the oldest one that is still open: what it writes comes
 * before what others have written since, and a reader who had gone past it would never see it. Transactions in other
 * databases of the same server are let pass, as far as the locks they hold prove that they are there.
 */
export const selectFeed = `
  with open_since as materialized (
    select coalesce(
      (
        select open.id from pg_snapshot_xip(pg_current_snapshot()) as open(id)
        where not exists (
          select from pg_locks as owned join pg_locks as held using (virtualtransaction)
          where owned.locktype = 'transactionid' and owned.transactionid = open.id::xid and owned.mode = 'ExclusiveLock'
            and held.locktype = 'relation' and held.database <> 0
            and held.database <> (select oid from pg_database where datname = current_database())
        )
        order by open.id limit 1
      ),
      pg_snapshot_xmax(pg_current_snapshot())
    ) as id
  )
  select ${eventColumns}, transaction_id::text, position
  from assay.job_events
  where ($1::text is null or tenant = $1)
    and (transaction_id, position) > ($2::xid8, $3::bigint) and transaction_id < (select id from open_since)
  order by transaction_id, position limit $4`

export const selectSteps = `select name, output from assay.job_steps where job_id = $1`

function conditionsOf(query: JobQuery): { conditions: string[]; values: unknown[] } {
  const values: unknown[] = []
  const conditions: string[] = []
  const add = (condition: string, value: unknown): void => {
    if (value !== undefined) conditions.push(`${condition.replace("?", `$${values.push(value)}`)}`)
  }
  add("tenant = ?", query.tenant)
  add("type = any (?::text[])", query.types)
  add("queue = ?", query.queue)
  add("repository_id = ?::bigint", query.repositoryId)
  add("exclusive_key = ?", query.exclusiveKey)
  // Written out and not as a parameter, so that the partial indexes fit.
  if (query.states) {
    const states = jobStates.filter((state) => query.states?.includes(state)).map((state) => `'${state}'`)
    conditions.push(states.length > 0 ? `state in (${states.join(", ")})` : "false")
  }
  return { conditions, values }
}

function where(conditions: readonly string[]): string {
  return conditions.length > 0 ? `where ${conditions.join(" and ")}` : ""
}
