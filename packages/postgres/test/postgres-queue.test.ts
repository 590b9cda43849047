import { randomUUID } from "node:crypto"
import { describeQueue } from "@assay/core/testing"
import { afterAll } from "vitest"
import { createPostgresQueue, openDatabase } from "../src/index.js"
import { eventually } from "./helpers/eventually.js"
import type { MigratedDatabase } from "./helpers/open-migrated.js"
import { everyQuickDatabase, openMigrated } from "./helpers/open-migrated.js"

for (const [name, create] of everyQuickDatabase) {
  let database: MigratedDatabase | undefined
  afterAll(() => database?.drop())

  describeQueue(name, {
    supports: { keepsRings: false },
    async create() {
      database ??= await openMigrated(create)
      const own = database
      const bell = randomUUID()
      // A server is shared by processes, which have connections of their own; PGlite is not.
      const other = own.kind === "postgres" ? await openDatabase(own.url) : own
      const heard: string[] = []
      const ear = await own.listen(`assay.queue.${bell}`, (payload) => heard.push(payload))
      return {
        queue: createPostgresQueue({ database: own, name: bell }),
        another: () => createPostgresQueue({ database: other, name: bell }),
        peek: () => eventually(() => heard.find((payload) => payload.includes("job_"))),
        async [Symbol.asyncDispose]() {
          await ear.close()
          if (other !== own) await other.close()
        },
      }
    },
  })
}
