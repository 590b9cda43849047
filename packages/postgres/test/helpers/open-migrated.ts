import type { PostgresDatabase } from "../../src/index.js"
import { migrate, openDatabase, postgresMigrations } from "../../src/index.js"
import type { TestDatabase } from "./create-test-database.js"

/** A database with the tables of this package. Making one takes long enough to share it among the tests of a file. */
export async function openMigrated(
  create: () => Promise<TestDatabase>,
): Promise<PostgresDatabase & { drop(): Promise<void> }> {
  const created = await create()
  const database = await openDatabase(created.url)
  await migrate(database, postgresMigrations)
  return Object.assign(database, {
    async drop() {
      await database.close()
      await created.drop()
    },
  })
}

export async function emptyTables(database: PostgresDatabase): Promise<void> {
  await database.exec("delete from assay.jobs; delete from assay.repositories; delete from assay.queues")
}
