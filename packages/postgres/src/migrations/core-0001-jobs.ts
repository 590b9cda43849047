import { finishedStates, jobStates, transitions } from "@assay/core"
import type { Migration, Transition } from "@assay/core"

/** `'queued', 'running'` */
const listed = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(", ")

const finished = listed(finishedStates)

/** Every change of state that the lifecycle knows, `('queued', 'running'), …`. Staying where one is is none. */
const legalMoves = [
  ...new Set(
    (Object.values(transitions) as Transition[]).flatMap(({ from, to, yieldsToCancel }) =>
      from.flatMap((state) => [to, ...(yieldsToCancel ? ["cancelled"] : [])].map((next) => listed([state, next]))),
    ),
  ),
]
  .map((move) => `(${move})`)
  .sort()
  .join(", ")

/**
 * What jobs are remembered in. The database refuses what the lifecycle forbids, whoever writes: states that do not exist,
 * moves that are not in the table, fences that shrink, two running jobs of one exclusive key.
 *
 * The states in the conditions of the indexes are repeated word for word by the statements; otherwise the planner does
 * not see that an index fits. Few indexes on purpose: each change of a job's state writes to all of them.
 */
export const jobsMigration: Migration = {
  id: "core-0001-jobs",
  sql: `
    create table assay.identity (
      only_row boolean primary key default true check (only_row),
      store text not null default 'store_' || gen_random_uuid()
    );
    insert into assay.identity default values;

    create table assay.jobs (
      id text collate "C" primary key,
      tenant text not null,
      type text not null,
      queue text not null,
      input json not null,
      repository_id bigint,
      priority bigint not null,
      conflict_key text,
      exclusive_key text,
      idempotency_key text,
      limit_key text,
      state text not null check (state in (${listed(jobStates)})),
      fence int not null default 0 check (fence >= 0),
      attempts int not null default 0 check (attempts >= 0),
      max_attempts int not null,
      timeout_ms float8 not null,
      crashes int not null default 0,
      max_crashes int not null,
      run_at timestamptz(3) not null,
      lease_until timestamptz(3),
      worker text,
      cancel_requested_at timestamptz(3),
      cancel_reason text,
      rerun_requested boolean not null default false,
      rerun_input json,
      rerun_secrets json,
      stage text,
      progress json,
      result json,
      failure json,
      secrets json not null,
      event_number int not null,
      dispatched_at timestamptz(3),
      created_at timestamptz(3) not null,
      started_at timestamptz(3),
      finished_at timestamptz(3),
      check ((lease_until is not null) = (state = 'running')),
      check ((worker is not null) = (state = 'running')),
      check ((finished_at is not null) = (state in (${finished}))),
      check (state not in (${finished}) or secrets::text = '{}')
    ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

    create unique index jobs_idempotency_key on assay.jobs (tenant, type, idempotency_key)
      where idempotency_key is not null;
    create unique index jobs_conflict_key on assay.jobs (tenant, type, conflict_key)
      where conflict_key is not null and state not in (${finished}) and cancel_requested_at is null;
    create unique index jobs_running_exclusive_key on assay.jobs (tenant, exclusive_key)
      where exclusive_key is not null and state = 'running';
    create index jobs_exclusive_key on assay.jobs (tenant, exclusive_key)
      where exclusive_key is not null and state not in (${finished});
    create index jobs_queued on assay.jobs (queue, priority desc, run_at, id) where state = 'queued';
    create index jobs_scheduled on assay.jobs (run_at) where state = 'scheduled';
    create index jobs_running on assay.jobs (id) where state = 'running';
    create index jobs_repository on assay.jobs (repository_id, id) where repository_id is not null;

    create function assay.refuse_move() returns trigger language plpgsql as $$
    begin
      if new.fence < old.fence then
        raise exception 'The fence of job % cannot shrink from % to %.', old.id, old.fence, new.fence
          using errcode = 'check_violation', constraint = 'jobs_fence_grows';
      end if;
      raise exception 'Job % cannot go from % to %.', old.id, old.state, new.state
        using errcode = 'check_violation', constraint = 'jobs_legal_move';
    end $$;
    create trigger jobs_legal_move before update on assay.jobs for each row
      when (new.fence < old.fence or new.state <> old.state and (old.state, new.state) not in (${legalMoves}))
      execute function assay.refuse_move();

    create table assay.job_attempts (
      job_id text collate "C" not null,
      fence int not null,
      tenant text not null,
      worker text not null,
      started_at timestamptz(3) not null,
      ended_at timestamptz(3),
      outcome text,
      failure json,
      primary key (job_id, fence),
      check ((outcome is null) = (ended_at is null))
    );

    create table assay.job_events (
      job_id text collate "C" not null,
      number int not null,
      tenant text not null,
      type text not null,
      state text not null check (state in (${listed(jobStates)})),
      fence int not null,
      data json not null,
      at timestamptz(3) not null,
      position bigint not null generated always as identity,
      primary key (job_id, number)
    );
    create unique index job_events_position on assay.job_events (position);

    create table assay.job_steps (
      job_id text collate "C" not null,
      name text not null,
      tenant text not null,
      output json not null,
      fence int not null,
      at timestamptz(3) not null,
      primary key (job_id, name)
    );

    -- What foreign keys that cascade would do, without their look at the job for each event that is written.
    create function assay.forget_job() returns trigger language plpgsql as $$
    begin
      delete from assay.job_attempts where job_id = old.id;
      delete from assay.job_events where job_id = old.id;
      delete from assay.job_steps where job_id = old.id;
      return null;
    end $$;
    create trigger jobs_forget after delete on assay.jobs for each row execute function assay.forget_job();

    create table assay.queues (
      name text primary key,
      store text
    );

    create table assay.paused_queues (
      name text primary key
    );

    -- When jobs of types that have a rate were claimed, as far back as the rate looks.
    create table assay.job_starts (
      type text not null,
      at timestamptz(3) not null
    ) with (autovacuum_vacuum_scale_factor = 0.05);
    create index job_starts_type on assay.job_starts (type, at);
  `,
}
