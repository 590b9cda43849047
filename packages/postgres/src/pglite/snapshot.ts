import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join, sep } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { gunzip, gzip } from "node:zlib"
import { PGlite } from "@electric-sql/pglite"

/**
 * The files of a fresh database, as a tar. They are the same for everybody, and making them (`initdb`) takes most of
 * PGlite's first start and twice its memory, so the build makes them once and ships them.
 */
export async function freshDataFiles(): Promise<Uint8Array> {
  const file = snapshotFile()
  try {
    return await promisify(gunzip)(readFileSync(file))
  } catch {
    const packed = await makeSnapshot()
    // In a checkout that has not been built yet, this start pays for all later ones.
    if (runsFromSources()) keep(file, packed)
    return promisify(gunzip)(packed)
  }
}

/** Writes the snapshot to where {@link freshDataFiles} looks for it, unless it is there. The build calls this. */
export async function ensureSnapshot(folder: string): Promise<void> {
  const file = join(folder, snapshotName())
  try {
    readFileSync(file)
  } catch {
    keep(file, await makeSnapshot())
  }
}

async function makeSnapshot(): Promise<Uint8Array> {
  const pglite = await PGlite.create({
    // Small segments of the write-ahead log, and none kept for reuse: with the usual 16 MB the files are mostly log.
    initDbStartParams: ["--wal-segsize=1"],
    startParams: [...PGlite.defaultStartParams, "-c", "min_wal_size=2MB", "-c", "wal_recycle=off"],
  })
  try {
    // PGlite cannot connect to the templates; they are two thirds of the files.
    await pglite.exec("update pg_database set datistemplate = false")
    for (const statement of [
      "drop database template1",
      "drop database template0",
      "vacuum full",
      "vacuum freeze",
      "checkpoint",
    ]) {
      await pglite.exec(statement)
    }
    const tar = await pglite.dumpDataDir("none")
    return await promisify(gzip)(new Uint8Array(await tar.arrayBuffer()))
  } finally {
    await pglite.close()
  }
}

/** Several processes may do this at once: each sees a whole file or none. */
function keep(file: string, packed: Uint8Array): void {
  const unfinished = `${file}.${process.pid}`
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(unfinished, packed)
    renameSync(unfinished, file)
  } catch {
    // A folder that cannot be written to only means that the next start is as slow as this one.
    rmSync(unfinished, { force: true })
  }
}

const here = dirname(fileURLToPath(import.meta.url))

function runsFromSources(): boolean {
  return here.endsWith(join(sep, "src", "pglite"))
}

function snapshotFile(): string {
  return join(runsFromSources() ? join(here, "..", "..", "dist") : here, snapshotName())
}

/** The files fit the PostgreSQL that made them, so the name holds PGlite's version. */
function snapshotName(): string {
  const entry = createRequire(import.meta.url).resolve("@electric-sql/pglite")
  const { version } = JSON.parse(readFileSync(join(dirname(entry), "..", "package.json"), "utf8")) as {
    version: string
  }
  return `pglite-${version}.tar.gz`
}
