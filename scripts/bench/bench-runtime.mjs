import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as core from "#core"
import * as postgres from "#postgres"

export { core, postgres }

/** A Standard Schema that takes anything. */
export const anyInput = {
  "~standard": {
    version: /** @type {const} */ (1),
    vendor: "bench",
    validate: (/** @type {unknown} */ value) => ({ value }),
  },
}

/**
 * A database of its own, removed by `close`: PGlite in a temporary folder, or one made on the PostgreSQL server of
 * `ASSAY_TEST_DATABASE_URL`.
 *
 * @param {string} kind `PGlite` or `PostgreSQL`
 */
export async function openBenchDatabase(kind) {
  if (kind === "PGlite") {
    const folder = mkdtempSync(join(tmpdir(), "assay-bench-"))
    const database = await postgres.openDatabase(folder)
    const close = async () => {
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    }
    return { database, close }
  }
  const server = process.env.ASSAY_TEST_DATABASE_URL
  if (!server) throw new Error("npm run bench sets ASSAY_TEST_DATABASE_URL")
  const name = `assay_bench_${process.pid}`
  const admin = await postgres.openDatabase(server)
  await admin.exec(`create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const database = await postgres.openDatabase(url.href)
  const close = async () => {
    await database.close()
    await admin.exec(`drop database ${name} with (force)`)
    await admin.close()
  }
  return { database, close }
}

/**
 * A running runtime at concurrency 10 on a fresh database, as `createAssay` would compose it.
 *
 * @param {string} kind
 * @param {(runtime: import("#core").Runtime, database: import("#core").Database) => Promise<void>} register
 */
export async function openRuntime(kind, register) {
  const { database, close } = await openBenchDatabase(kind)
  const parts = await postgres.openJobParts(database)
  const runtime = core.createRuntime({ ...parts, concurrency: 10 })
  await register(runtime, database)
  await runtime.start()
  return {
    runtime,
    database,
    async close() {
      await runtime.stop({ graceMs: 1000 })
      await parts.queue.close()
      await parts.notifier.close()
      await close()
    },
  }
}

/**
 * Calls `work` for 0 … count - 1 with at most `width` calls unsettled.
 *
 * @param {number} count
 * @param {number} width
 * @param {(index: number) => Promise<unknown>} work
 */
export async function inParallel(count, width, work) {
  let next = 0
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < count) await work(next++)
    }),
  )
}
