import { describeStore } from "@assay/core/testing"
import { afterAll } from "vitest"
import type { PostgresDatabase } from "../src/index.js"
import { createPostgresJobStore } from "../src/index.js"
import { everyDatabase } from "./helpers/create-test-database.js"
import { openMigrated, emptyTables } from "./helpers/open-migrated.js"

for (const [name, create] of everyDatabase.filter(([name]) => name !== "PGlite in a folder")) {
  let opened: (PostgresDatabase & { drop(): Promise<void> }) | undefined
  afterAll(async () => opened?.drop())

  describeStore(name, {
    supports: { sql: true, readsDuringTransactions: name === "PostgreSQL" },
    async create(clock) {
      opened ??= await openMigrated(create)
      await emptyTables(opened)
      return createPostgresJobStore({ database: opened, clock })
    },
  })
}
