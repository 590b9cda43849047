import { describeRepositoryStore } from "@assay/core/testing"
import { afterAll } from "vitest"
import { createPostgresRepositoryStore, createPostgresScheduleStore } from "../src/index.js"
import type { MigratedDatabase } from "./helpers/open-migrated.js"
import { emptyTables, everyQuickDatabase, openMigrated } from "./helpers/open-migrated.js"

for (const [name, create] of everyQuickDatabase) {
  let database: MigratedDatabase | undefined
  afterAll(() => database?.drop())

  describeRepositoryStore(name, {
    async create(clock) {
      database ??= await openMigrated(create)
      await emptyTables(database)
      const { transaction } = database
      return {
        store: createPostgresRepositoryStore({ database, clock }),
        schedules: createPostgresScheduleStore({ database, clock }),
        transaction: transaction.bind(database),
      }
    },
  })
}
