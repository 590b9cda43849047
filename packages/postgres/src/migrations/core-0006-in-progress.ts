import type { Migration } from "@assay/core"

/** The few that wait although they were claimed before: those in progress are looked for at every claim within limits. */
export const inProgressMigration: Migration = {
  id: "core-0006-in-progress",
  sql: `
    create index jobs_begun on assay.jobs (type) where state in ('scheduled', 'queued') and fence > 0;
  `,
}
