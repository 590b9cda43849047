import { resolve } from "node:path"
import { fileURLToPath } from "node:url"
import type { Logger } from "@assay/core"
import { AssayError, silentLogger } from "@assay/core"
import type { PostgresDatabase } from "./database.js"
import { connectionSettings } from "./pg/connection-settings.js"
import { PgDatabase } from "./pg/pg-database.js"
import { openInFolder, openInMemory } from "./pglite/open-pglite.js"

export interface OpenDatabaseOptions {
  /** Connections to a server at most, the one that listens not counted. @default 10 */
  maxConnections?: number
  /** How long to wait for a connection to a server, in milliseconds. @default 10_000 */
  connectTimeoutMs?: number
  /** What a server shows of us in `pg_stat_activity`. @default "assay" */
  applicationName?: string
  /**
   * Whether statements that run for every job are kept prepared on their connections. Set it to false behind a pooler that
   * hands connections from transaction to transaction (PgBouncer); such a pooler cannot carry LISTEN either. @default true
   */
  preparedStatements?: boolean
  /** Told of connections that were lost and regained. @default silent */
  logger?: Logger
}

/**
 * Opens the database that `url` names, and resolves when it answers:
 *
 * - `postgres://…` or `postgresql://…`: a PostgreSQL server, version 13 or newer. Rejects with `UNAVAILABLE`.
 * - a path or a `file:` URL: PGlite in that folder, which is made if need be. One process at a time: another one is
 *   refused with `STORE_LOCKED`. What is committed survives the death of the process at any moment.
 * - `memory:`: PGlite in memory, gone when closed.
 */
export async function openDatabase(url: string, options: OpenDatabaseOptions = {}): Promise<PostgresDatabase> {
  const logger = options.logger ?? silentLogger
  if (/^postgres(ql)?:\/\//i.test(url)) return openServer(url, options, logger)
  if (url === "memory:" || url === "memory://") return openInMemory(logger)
  if (/^file:/i.test(url)) return openInFolder(fileURLToPath(url), logger)
  if (url.trim() === "" || isOtherUrl(url)) throw unknownUrl(url)
  return openInFolder(resolve(url), logger)
}

async function openServer(url: string, options: OpenDatabaseOptions, logger: Logger): Promise<PostgresDatabase> {
  const settings = connectionSettings(url, {
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    applicationName: options.applicationName ?? "assay",
  })
  const database = new PgDatabase({
    settings,
    maxConnections: options.maxConnections ?? 10,
    prepares: options.preparedStatements ?? true,
    logger,
  })
  try {
    const [row] = await database.query<{ version: number }>(
      "select current_setting('server_version_num')::int as version",
    )
    if (row && row.version < 130_000) {
      throw new AssayError("UNSUPPORTED", "Assay needs PostgreSQL 13 or newer.")
    }
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

/** `mysql://…`. One letter and a colon is a drive of Windows. */
function isOtherUrl(url: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(url)
}

function unknownUrl(url: string): AssayError {
  const scheme = /^[a-z][a-z0-9+.-]+:/i.exec(url)?.[0]
  return new AssayError(
    "INVALID_INPUT",
    `${scheme ? `A database URL cannot begin with ${scheme}` : "The database URL is empty"}.`,
    {
      hint: "Give postgres://user:password@host:5432/database, the path of a folder, or memory: for nothing to be kept.",
    },
  )
}
