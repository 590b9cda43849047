import type { Migration } from "@assay/core"

export const workersMigration: Migration = {
  id: "core-0004-workers",
  sql: `
    create table assay.workers (
      id text collate "C" primary key,
      host text not null,
      pid int not null,
      queues json not null,
      stopping boolean not null,
      started_at timestamptz(3) not null,
      seen_at timestamptz(3) not null,
      expected_until timestamptz(3) not null
    );
  `,
}
