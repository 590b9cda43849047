import { randomBytes } from "node:crypto"
import { createPostgresQueue, createPostgresJobStore, migrate, openDatabase, postgresMigrations } from "@assay/postgres"
import type { PostgresDatabase } from "@assay/postgres"
import type { JobReader, JobStore, Queue } from "@assay/core"

export interface PostgresParts extends AsyncDisposable {
  readonly database: PostgresDatabase
  readonly store: JobStore & JobReader
  readonly queue: Queue
}

/** A store on a fresh database of the real PostgreSQL of this test run, removed in the end. */
export async function openPostgresParts(): Promise<PostgresParts> {
  const adminUrl = process.env["ASSAY_TEST_DATABASE_URL"]
  if (!adminUrl) throw new Error("ASSAY_TEST_DATABASE_URL is not set. `npm test` starts a PostgreSQL and sets it.")
  const admin = await openDatabase(adminUrl, { maxConnections: 1 })
  const name = `assay_test_${randomBytes(6).toString("hex")}`
  await admin.exec(`create database ${name}`)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  const database = await openDatabase(url.href)
  await migrate(database, postgresMigrations)
  const store = await createPostgresJobStore({ database })
  const queue = createPostgresQueue({ database })
  return {
    ...{ database, store, queue },
    async [Symbol.asyncDispose]() {
      await queue.close()
      await store.close()
      await database.close()
      await admin.exec(`drop database if exists ${name} with (force)`)
      await admin.close()
    },
  }
}
