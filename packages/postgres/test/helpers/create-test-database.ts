import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openDatabase } from "../../src/open-database.js"
import type { OpenDatabaseOptions } from "../../src/open-database.js"

export interface TestDatabase extends AsyncDisposable {
  /** To be opened by `openDatabase`. */
  url: string
  drop(): Promise<void>
}

/** A fresh database on the real PostgreSQL of this test run. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const adminUrl = process.env["ASSAY_TEST_DATABASE_URL"]
  if (!adminUrl) {
    throw new Error("ASSAY_TEST_DATABASE_URL is not set. `npm test` starts a PostgreSQL and sets it to its admin URL.")
  }
  const name = `assay_test_${randomBytes(6).toString("hex")}`
  await asAdmin(adminUrl, `create database ${name}`)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  const drop = (): Promise<void> => asAdmin(adminUrl, `drop database if exists ${name} with (force)`)
  return { url: url.href, drop, [Symbol.asyncDispose]: drop }
}

/** A folder that does not exist yet, below a temporary one. */
export function createTestFolder(): TestDatabase {
  const folder = mkdtempSync(join(tmpdir(), "assay-postgres-"))
  const drop = async (): Promise<void> => rmSync(folder, { recursive: true, force: true })
  return { url: join(folder, "data"), drop, [Symbol.asyncDispose]: drop }
}

export const inMemory: TestDatabase = {
  url: "memory:",
  drop: async () => {},
  [Symbol.asyncDispose]: async () => {},
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const options: OpenDatabaseOptions = { maxConnections: 1 }
  await using database = await openDatabase(url, options)
  await database.exec(statement)
}

/** Each kind of database there is, for `describe.each`. */
export const everyDatabase: [name: string, create: () => Promise<TestDatabase>][] = [
  ["PGlite in memory", async () => inMemory],
  ["PGlite in a folder", async () => createTestFolder()],
  ["PostgreSQL", createTestDatabase],
]
