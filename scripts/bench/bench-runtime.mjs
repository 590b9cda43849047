import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as core from "#core"
import * as postgres from "#postgres"
import * as redisQueue from "#redis-queue"

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
    return { database, url: folder, close }
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
  return { database, url: url.href, close }
}

/** The server of the test run. */
export function benchRedisUrl() {
  const url = process.env.ASSAY_TEST_REDIS_URL
  if (!url) throw new Error("npm run bench sets ASSAY_TEST_REDIS_URL")
  return url
}

/**
 * A running runtime on a fresh database, as `createAssay` would compose it.
 *
 * @param {string} kind `PGlite`, `PostgreSQL`, or `PostgreSQL + Redis`
 * @param {(runtime: import("#core").Runtime, database: import("#core").Database) => Promise<void>} register
 * @param {{ concurrency?: number }} [options] jobs at once, by default 10
 */
export async function openRuntime(kind, register, { concurrency = 10 } = {}) {
  const { database, close } = await openBenchDatabase(kind)
  const parts = { ...(await postgres.openJobParts(database)), ...(kind.includes("Redis") ? openBells() : {}) }
  const runtime = core.createRuntime({ ...parts, concurrency })
  await register(runtime, database)
  await runtime.start()
  return {
    runtime,
    database,
    store: parts.store,
    async close() {
      await runtime.stop({ graceMs: 1000 })
      await parts.queue.close()
      await parts.notifier.close()
      await parts.connection?.close()
      await close()
    },
  }
}

/** @returns {{ connection?: import("#redis-queue").RedisConnection, queue: import("#core").Queue, notifier: import("#core").Notifier }} */
function openBells() {
  const connection = redisQueue.openRedis({ url: benchRedisUrl() })
  const shared = { connection, prefix: `bench-${process.pid}` }
  return {
    connection,
    queue: redisQueue.createRedisQueue({ ...shared, name: "bench" }),
    notifier: redisQueue.createRedisNotifier(shared),
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
