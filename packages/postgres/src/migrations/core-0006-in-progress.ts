import type { Migration } from "@assay/core"

/**
 * Which jobs keep their place among those in progress while they wait: their last attempt has deferred, was released or was
 * lost. A column of its own, because a job that is run anew after it was cancelled has the same last attempt, and no place.
 */
export const inProgressMigration: Migration = {
  id: "core-0006-in-progress",
  sql: `
    alter table assay.jobs add column begun boolean not null default false;
    create index jobs_begun on assay.jobs (type) where begun and state in ('scheduled', 'queued');
  `,
}
