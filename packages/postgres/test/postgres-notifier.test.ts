import { randomUUID } from "node:crypto"
import { describeNotifier } from "@assay/core/testing"
import { afterAll } from "vitest"
import { createPostgresNotifier, openDatabase } from "../src/index.js"
import type { MigratedDatabase } from "./helpers/open-migrated.js"
import { everyQuickDatabase, openMigrated } from "./helpers/open-migrated.js"

for (const [name, create] of everyQuickDatabase) {
  let database: MigratedDatabase | undefined
  afterAll(() => database?.drop())

  describeNotifier(name, {
    async create() {
      database ??= await openMigrated(create)
      const own = database
      const channel = randomUUID()
      const other = own.kind === "postgres" ? await openDatabase(own.url) : own
      return {
        notifier: createPostgresNotifier({ database: own, channel }),
        another: () => createPostgresNotifier({ database: other, channel }),
        async [Symbol.asyncDispose]() {
          if (other !== own) await other.close()
        },
      }
    },
  })
}
