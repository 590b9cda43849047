import type { Migration } from "@assay/core"

export const schedulesMigration: Migration = {
  id: "core-0003-schedules",
  sql: `
    create table assay.schedules (
      tenant text not null,
      id text collate "C" not null,
      recurrence json not null,
      job json not null,
      repository_id bigint,
      next_at timestamptz(3) not null,
      last_at timestamptz(3),
      last_job_id text,
      created_at timestamptz(3) not null,
      primary key (tenant, id)
    );
    create index schedules_next on assay.schedules (next_at);
    create index schedules_repository on assay.schedules (repository_id) where repository_id is not null;
  `,
}
