import type { Migration } from "@assay/core"
import { jobsMigration } from "./core-0001-jobs.js"
import { repositoriesMigration } from "./core-0002-repositories.js"
import { schedulesMigration } from "./core-0003-schedules.js"
import { workersMigration } from "./core-0004-workers.js"
import { retentionMigration } from "./core-0005-retention.js"
import { inProgressMigration } from "./core-0006-in-progress.js"

/** What the stores, the queue and the notifier of this package keep their rows in. For `migrate`. */
export const postgresMigrations: readonly Migration[] = [
  jobsMigration,
  repositoriesMigration,
  schedulesMigration,
  workersMigration,
  retentionMigration,
  inProgressMigration,
]
