import { jobStates } from "@assay/core"
import type { JobQuery } from "@assay/core"
import { jobColumns } from "../rows.js"
import { isBegun } from "./begun.js"

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
  const text = `
    select state, count(*) as count, count(*) filter (where ${isBegun}) as begun
    from assay.jobs ${where(conditions)} group by state`
  return { text, values }
}

export const selectLatestOfRepositories = `
  select ${jobColumns}
  from unnest($1::bigint[]) as wanted(id)
  cross join lateral (
    select * from assay.jobs
    where repository_id = wanted.id and tenant = $2 and ($3::text[] is null or type = any ($3))
    order by id desc limit 1
  ) as jobs`

export const countAhead = `
  select (
    select count(*) from assay.jobs as other
    where other.state = 'queued' and other.queue = own.queue
      and (-other.priority, other.run_at, other.id) < (-own.priority, own.run_at, own.id)
  ) as count
  from assay.jobs as own where own.id = $1 and own.state = 'queued'`

export const selectAttempts = `
  select job_id, fence, worker, started_at, ended_at, outcome, failure
  from assay.job_attempts where job_id = $1 order by fence`

const eventColumns = "job_id, number, tenant, type, state, fence, data, at"

export const selectEvents = `
  select ${eventColumns} from assay.job_events where job_id = $1 and number > $2 order by number limit $3`

export const selectFeed = `
  select ${eventColumns}, position from assay.job_events
  where ($1::text is null or tenant = $1) and position > $2::bigint and position <= $3::bigint
  order by position limit $4`

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
