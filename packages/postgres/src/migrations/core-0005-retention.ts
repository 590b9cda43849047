import { finishedStates } from "@assay/core"
import type { Migration } from "@assay/core"

/**
 * What is looked through to find what need not be kept. Written once in the life of a job, when it finishes.
 */
export const retentionMigration: Migration = {
  id: "core-0005-retention",
  sql: `
    create index jobs_finished on assay.jobs (tenant, finished_at, id)
      where state in (${finishedStates.map((state) => `'${state}'`).join(", ")});
  `,
}
