import type { Migration } from "@assay/core"
import { jobsMigration } from "./core-0001-jobs.js"
import { repositoriesMigration } from "./core-0002-repositories.js"

/** What the stores, the queue and the notifier of this package keep their rows in. For `migrate`. */
export const postgresMigrations: readonly Migration[] = [jobsMigration, repositoriesMigration]
