import { randomBytes } from "node:crypto"
import { openDatabase } from "@assay/postgres"

export interface TestDatabase extends AsyncDisposable {
  url: string
}

/** A fresh database on the real PostgreSQL of this test run. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const adminUrl = process.env["ASSAY_TEST_DATABASE_URL"]
  if (!adminUrl) {
    throw new Error("ASSAY_TEST_DATABASE_URL is not set. `npm test` starts a PostgreSQL and sets it to its admin URL.")
  }
  const name = `assay_analysis_${randomBytes(6).toString("hex")}`
  await asAdmin(adminUrl, `create database ${name}`)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => asAdmin(adminUrl, `drop database if exists ${name} with (force)`),
  }
}

async function asAdmin(url: string, statement: string): Promise<void> {
  await using database = await openDatabase(url, { maxConnections: 1 })
  await database.exec(statement)
}
