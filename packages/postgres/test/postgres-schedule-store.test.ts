import { describeScheduleStore } from "@assay/core/testing"
import { afterAll } from "vitest"
import { createPostgresScheduleStore } from "../src/index.js"
import type { MigratedDatabase } from "./helpers/open-migrated.js"
import { emptyTables, everyQuickDatabase, openMigrated } from "./helpers/open-migrated.js"

for (const [name, create] of everyQuickDatabase) {
  let database: MigratedDatabase | undefined
  afterAll(() => database?.drop())

  describeScheduleStore(name, {
    async create(clock) {
      database ??= await openMigrated(create)
      await emptyTables(database)
      return { store: createPostgresScheduleStore({ database, clock }) }
    },
  })
}
