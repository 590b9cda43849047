import type { Migration } from "@assay/core"

/** Answers that were computed, to be read again. They belong to a snapshot that no longer changes, and go with it. */
export const insightsTable: Migration = {
  id: "git-0003-insights",
  sql: `
    create table assay.insights (
      tenant text not null,
      repository_id int not null,
      snapshot int not null,
      -- A digest of all that the answer depends on besides the facts: name, version, parameters and the operator's rules.
      key text collate "C" not null,
      -- 0 holds what is one for the whole; from 1 on, a stretch of rows each.
      part int not null,
      data jsonb not null,
      created_at timestamptz(3) not null default now(),
      primary key (repository_id, snapshot, key, part),
      foreign key (repository_id, snapshot) references assay.snapshots (repository_id, number) on delete cascade
    );
    create index insights_age on assay.insights (repository_id, created_at) where part = 0;`,
}
