import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { Logger } from "@assay/core"
import { AssayError, makeFolder, unusableFolder } from "@assay/core"
import { PGlite } from "@electric-sql/pglite"
import type { PGliteOptions } from "@electric-sql/pglite"
import { lockFolder } from "./folder-lock.js"
import type { FolderLock } from "./folder-lock.js"
import { PgliteDatabase } from "./pglite-database.js"
import { freshDataFiles } from "./snapshot.js"
import { unpackTar } from "./unpack-tar.js"

/** A database that is gone when it is closed. */
export async function openInMemory(logger: Logger): Promise<PgliteDatabase> {
  const loadDataDir = new File([(await freshDataFiles()) as Uint8Array<ArrayBuffer>], "data.tar", {
    type: "application/x-tar",
  })
  return new PgliteDatabase({ pglite: await start({ loadDataDir }), logger })
}

/**
 * A database in `folder`, which is made if need be. Rejects with `STORE_LOCKED` while somebody else has it open, with
 * `DATA_FOLDER_UNUSABLE` where it cannot be.
 */
export async function openInFolder(folder: string, logger: Logger): Promise<PgliteDatabase> {
  makeFolder(folder)
  const lock = lockUsable(folder)
  try {
    const dataDir = join(folder, "pgdata")
    if (!existsSync(dataDir)) await createDataFiles(folder, dataDir)
    const pglite = await start({ dataDir }).catch((error: unknown) => Promise.reject(unopenable(dataDir, error)))
    return new PgliteDatabase({ pglite, logger, onClosed: async () => lock.release() })
  } catch (error) {
    lock.release()
    throw unusableFolder(folder, error)
  }
}

/** Some file systems let a folder be opened and nothing be made in it; the lock is the first file that is. */
function lockUsable(folder: string): FolderLock {
  try {
    return lockFolder(folder)
  } catch (error) {
    throw unusableFolder(folder, error)
  }
}

/** Beside its place first, so that a process that dies meanwhile leaves no half of a database where a whole one belongs. */
async function createDataFiles(folder: string, dataDir: string): Promise<void> {
  for (const name of readdirSync(folder)) {
    if (name.startsWith("pgdata.new")) rmSync(join(folder, name), { recursive: true, force: true })
  }
  const unfinished = `${dataDir}.new`
  unpackTar(await freshDataFiles(), unfinished)
  renameSync(unfinished, dataDir)
}

function start(options: PGliteOptions): Promise<PGlite> {
  return PGlite.create({ ...options, startParams: [...PGlite.defaultStartParams, ...settings] })
}

const settings = [
  // A prepared statement must not keep the plan that was made when its table was empty.
  "plan_cache_mode=force_custom_plan",
  // There is no replica and no archive to write a longer log for.
  "wal_level=minimal",
  "max_wal_senders=0",
  "max_wal_size=64MB",
].flatMap((setting) => ["-c", setting])

function unopenable(dataDir: string, error: unknown): AssayError {
  const version = existsSync(join(dataDir, "PG_VERSION"))
    ? readFileSync(join(dataDir, "PG_VERSION"), "utf8").trim()
    : "?"
  return new AssayError("UNAVAILABLE", `The embedded database in ${dataDir} cannot be opened.`, {
    cause: error,
    hint: `Its files were written by PostgreSQL ${version}. If this version of Assay embeds another one, or they are damaged, move the folder away to start afresh.`,
  })
}
