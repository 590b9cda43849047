import type { Migration } from "@assay/core"

/**
 * The tables of analyses. They refer to `assay.repositories`, so they come after the migrations of the repository store. They do
 * not refer to jobs: an answer outlives its job, which retention forgets, and ends with its repository only.
 *
 * Answers are `json` and not `jsonb`, which would put their members into another order.
 */
export const analysisMigrations: readonly Migration[] = [
  {
    id: "analysis-0001-analyses",
    sql: `
      create table assay.analyses (
        -- The id of the job.
        id text collate "C" primary key,
        tenant text not null,
        repository_id int not null references assay.repositories (id) on delete cascade,
        repo text not null,
        branch text not null,
        question text,
        has_token boolean not null default false,
        -- The last stage that was announced.
        stage text,
        -- Of the attempt that wrote last.
        fence int not null default 0,
        -- Whether our mirror was asked for the commit; why it did not say.
        sourced boolean not null default false,
        source_remark text,
        commit text,
        parsed_by text check (parsed_by in ('commit', 'branch')),
        parse_remark text,
        -- An earlier run waited in vain: do not wait for the same parse, ask for a new one.
        parse_anew boolean not null default false,
        project_id text,
        project_status text,
        parsing_since timestamptz(3),
        parsed_at timestamptz(3),
        looks int not null default 0,
        -- How often Potpie asked us to come back later.
        postponed int not null default 0,
        unauthorized boolean not null default false,
        response json,
        metadata json,
        snippets_count int,
        verification json,
        processing_ms float8,
        -- The text of an answer that was of no use.
        raw text,
        -- Of the last attempt that failed. Final together with finished_at.
        failure json,
        created_at timestamptz(3) not null default now(),
        begun_at timestamptz(3),
        finished_at timestamptz(3),
        check (response is null or finished_at is not null)
      );
      create index analyses_tenant on assay.analyses (tenant, id desc);
      create index analyses_repository on assay.analyses (repository_id, id desc);
      create index analyses_project on assay.analyses (project_id, id desc) where project_id is not null;

      -- What the answer rests on, in its order.
      create table assay.analysis_snippets (
        analysis_id text collate "C" not null references assay.analyses (id) on delete cascade,
        number int not null check (number > 0),
        tenant text not null,
        node_id text not null,
        file_path text,
        code text,
        line_start int,
        line_end int,
        tags json not null,
        description text,
        verification text not null check (verification in ('verbatim', 'differs', 'missing', 'unchecked')),
        remark text,
        primary key (analysis_id, number)
      );

      -- Messages that are billed. A row is there before its message is sent, so that a crash in between can be seen.
      create table assay.analysis_messages (
        analysis_id text collate "C" not null references assay.analyses (id) on delete cascade,
        number int not null check (number > 0),
        tenant text not null,
        -- Of the attempt that sent it.
        fence int not null,
        session_id text not null,
        state text not null check (state in ('intended', 'answered', 'refused', 'failed', 'uncertain')),
        -- The answer, from the moment it was there.
        text text,
        failure_code text,
        created_at timestamptz(3) not null default now(),
        settled_at timestamptz(3),
        primary key (analysis_id, number),
        check ((state = 'intended') = (settled_at is null)),
        check (state <> 'answered' or text is not null)
      );`,
  },
]
