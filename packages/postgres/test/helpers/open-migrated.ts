import type { PostgresDatabase } from "../../src/index.js"
import { migrate, openDatabase, postgresMigrations } from "../../src/index.js"
import type { TestDatabase } from "./create-test-database.js"
import { createTestDatabase, inMemory } from "./create-test-database.js"

export type MigratedDatabase = PostgresDatabase & TestDatabase

/** A database with the tables of this package. Making one takes long enough to share it among the tests of a file. */
export async function openMigrated(create: () => Promise<TestDatabase>): Promise<MigratedDatabase> {
  const created = await create()
  const database = await openDatabase(created.url)
  await migrate(database, postgresMigrations)
  return Object.assign(database, {
    url: created.url,
    async drop() {
      await database.close()
      await created.drop()
    },
  })
}

export async function emptyTables(database: PostgresDatabase): Promise<void> {
  await database.exec(
    "delete from assay.jobs; delete from assay.repositories; delete from assay.queues; delete from assay.schedules;" +
      "delete from assay.workers; delete from assay.paused_queues; delete from assay.job_starts",
  )
}

/** What suites run on: PGlite in a folder differs from PGlite in memory by its files only. */
export const everyQuickDatabase: [name: string, create: () => Promise<TestDatabase>][] = [
  ["PGlite", async () => inMemory],
  ["PostgreSQL", createTestDatabase],
]
