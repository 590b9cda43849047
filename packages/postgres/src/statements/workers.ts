import { now } from "./input-rows.js"

/** For how long a worker that was not heard of again is remembered, after it was expected. */
const rememberedFor = "interval '1 hour'"

export const reportWorker = `
  with clock as materialized (select ${now} as now), gone as (
    delete from assay.workers where id in (
      select workers.id from assay.workers as workers, clock
      where workers.expected_until < now - ${rememberedFor} and workers.id <> $2
      for update of workers skip locked
    )
  )
  insert into assay.workers as workers (id, host, pid, queues, stopping, started_at, seen_at, expected_until)
  select $2, $3, $4::int, $5::json, $6::boolean, now, now, now + $7::float8 * interval '1 millisecond' from clock
  on conflict (id) do update set
    host = excluded.host, pid = excluded.pid, queues = excluded.queues, stopping = excluded.stopping,
    seen_at = excluded.seen_at, expected_until = excluded.expected_until`

export const selectLiveWorkers = `
  select id, host, pid, queues, stopping, started_at, seen_at, coalesce(busy, 0) as busy
  from assay.workers as workers
  left join (
    select worker, count(*) as busy from assay.jobs where state = 'running' group by worker
  ) as jobs on jobs.worker = workers.id
  where expected_until > ${now}
  order by id`

export const deleteWorker = "delete from assay.workers where id = $1"
