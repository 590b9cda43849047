/**
 * What the store says in the end. The store is asked directly, past everything that is under test but its tables.
 *
 * @typedef {object} Verdict
 * @property {number} succeeded
 * @property {number} failedAsDesigned
 * @property {number} failedOtherwise
 * @property {number} effects
 * @property {number} duplicates effects beyond one of a job, and effects of jobs that did not succeed
 * @property {number} lost jobs that were promised and are not there, or have succeeded without an effect
 * @property {number} stuck jobs that are unfinished
 * @property {number} attempts
 * @property {number} lostAttempts
 * @property {number} brokenHistories jobs whose events have a gap, or do not end once
 * @property {number} unfencedAttempts jobs that have not one attempt for each fence
 */

/**
 * @param {import("#postgres").PostgresDatabase} database
 * @param {readonly number[]} promised the numbers of the jobs that were accepted
 * @returns {Promise<Verdict>}
 */
export async function readVerdict(database, promised) {
  const [row] = await database.query(
    `with jobs as (select *, (input->>'number')::int as number, input->>'kind' as kind from assay.jobs where type = 'chaos.task'),
      effects as (select job_id, count(*) as times from chaos_effects group by job_id),
      events as (
        select job_id, count(*) as rows, max(number) as latest,
          count(*) filter (where type in ('job.succeeded', 'job.failed', 'job.cancelled')) as ends
        from assay.job_events group by job_id
      ),
      attempts as (select job_id, count(*) as rows, max(fence) as latest from assay.job_attempts group by job_id)
    select
      count(*) filter (where state = 'succeeded') as succeeded,
      count(*) filter (where state = 'failed' and kind = 'hopeless') as "failedAsDesigned",
      count(*) filter (where state in ('failed', 'cancelled') and kind <> 'hopeless' or state = 'succeeded' and kind = 'hopeless') as "failedOtherwise",
      (select count(*) from chaos_effects) as effects,
      (select coalesce(sum(times - 1), 0) from effects)
        + count(*) filter (where state <> 'succeeded' and effects.times is not null) as duplicates,
      (select count(*) from unnest($1::int[]) as promised where not exists (select from jobs where jobs.number = promised))
        + count(*) filter (where state = 'succeeded' and effects.times is null) as lost,
      count(*) filter (where state in ('scheduled', 'queued', 'running')) as stuck,
      (select count(*) from assay.job_attempts) as attempts,
      (select count(*) from assay.job_attempts where outcome = 'lost') as "lostAttempts",
      count(*) filter (where events.rows <> events.latest or events.latest <> jobs.event_number or events.ends <> 1) as "brokenHistories",
      count(*) filter (where coalesce(attempts.rows, 0) <> jobs.fence or coalesce(attempts.latest, 0) <> jobs.fence) as "unfencedAttempts"
    from jobs
      left join effects on effects.job_id = jobs.id
      left join events on events.job_id = jobs.id
      left join attempts on attempts.job_id = jobs.id`,
    [promised],
  )
  return /** @type {Verdict} */ (
    Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, Number(value)]))
  )
}

/** @param {import("#postgres").PostgresDatabase} database */
export async function countUnfinished(database) {
  const [row] = await database.query(
    "select count(*) as unfinished, sum(fence + event_number) as progress from assay.jobs where state in ('scheduled', 'queued', 'running')",
  )
  return { unfinished: Number(row?.unfinished), progress: Number(row?.progress) }
}

/**
 * How long it took from the moment at which a worker could no longer go on to the next attempt of a job it then had, in
 * milliseconds.
 *
 * @param {import("#postgres").PostgresDatabase} database
 * @param {readonly { pid: number, at: number }[]} strikes
 */
export async function readRecoveries(database, strikes) {
  const rows = await database.query(
    `select lost.worker, lost.started_at as claimed, next.started_at as again
    from assay.job_attempts as lost
    join assay.job_attempts as next on next.job_id = lost.job_id and next.fence = lost.fence + 1
    where lost.outcome = 'lost'`,
  )
  return rows.flatMap((row) => {
    const pid = Number(/-(\d+)-[0-9a-f]+$/.exec(String(row.worker))?.[1])
    const [claimed, again] = [row.claimed, row.again].map((moment) => new Date(/** @type {Date} */ (moment)).getTime())
    const strike = strikes.find((one) => one.pid === pid && one.at >= Number(claimed) - 50 && one.at <= Number(again))
    return strike ? [Number(again) - strike.at] : []
  })
}
