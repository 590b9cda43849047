import { describeWorkerRegistry } from "@assay/core/testing"
import { afterAll } from "vitest"
import { createPostgresJobStore, createPostgresWorkerRegistry } from "../src/index.js"
import type { MigratedDatabase } from "./helpers/open-migrated.js"
import { emptyTables, everyQuickDatabase, openMigrated } from "./helpers/open-migrated.js"

for (const [name, create] of everyQuickDatabase) {
  let database: MigratedDatabase | undefined
  afterAll(() => database?.drop())

  describeWorkerRegistry(name, {
    async create(clock) {
      database ??= await openMigrated(create)
      await emptyTables(database)
      return {
        registry: createPostgresWorkerRegistry({ database, clock }),
        store: await createPostgresJobStore({ database, clock }),
      }
    },
  })
}
