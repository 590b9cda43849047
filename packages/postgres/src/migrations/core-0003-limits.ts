import type { Migration } from "@assay/core"

export const limitsMigration: Migration = {
  id: "core-0003-limits",
  sql: `
    alter table assay.jobs add column limit_key text, add column timeout_ms bigint not null default 1800000;
    alter table assay.jobs alter column timeout_ms drop default;
  `,
}
