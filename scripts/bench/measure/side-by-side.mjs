// The full life of jobs through Redis and PostgreSQL, and beside it, in the same run, what others need for theirs: BullMQ
// alone, which keeps no record of a job, and two queues that live in PostgreSQL.
import { setTimeout as sleep } from "node:timers/promises"
import { anyInput, benchRedisUrl, core, inParallel, openBenchDatabase, openRuntime } from "../bench-runtime.mjs"
import { importRival } from "../rivals.mjs"

const database = process.argv[2] ?? "PostgreSQL + Redis"
const total = 5000
const concurrency = 50
const batch = 50

const raw = await lifeOfBullmq()
const ours = await lifeOfOurs()
const pgBoss = await lifeOfPgBoss()
const graphileWorker = await lifeOfGraphileWorker()
console.log(
  JSON.stringify({
    ...{ bullmq: raw, ...ours, pgBoss, graphileWorker },
    noopRatio: ours.noop / raw,
    rowRatio: ours.withResultRow / raw,
  }),
)

/**
 * @param {number} count
 * @param {() => Promise<unknown>} live
 */
async function perSecond(count, live) {
  const startedAt = performance.now()
  await live()
  return count / ((performance.now() - startedAt) / 1000)
}

/** In groups of `batch`, two at a time. @param {(indexes: number[]) => Promise<unknown>} add */
function inBatches(add) {
  return inParallel(total / batch, 2, (group) =>
    add(Array.from({ length: batch }, (_, index) => group * batch + index)),
  )
}

async function lifeOfOurs() {
  const task = core.defineJob({ type: "bench.task", input: anyInput, onConflict: "allow" })
  const writing = core.defineJob({ type: "bench.writing", input: anyInput, onConflict: "allow" })
  const bench = await openRuntime(
    database,
    async ({ worker }, opened) => {
      await opened.exec("create table if not exists bench_results (job text primary key, value int not null)")
      worker.handle(task, async () => {})
      worker.handle(writing, (context) =>
        context.commit(async (transaction) => {
          await transaction.query("insert into bench_results (job, value) values ($1, 1)", [context.jobId])
        }),
      )
    },
    { concurrency },
  )
  const { client } = bench.runtime
  /** @param {typeof task} definition @param {number} count */
  const live = async (definition, count) => {
    const goal = (await client.counts()).succeeded + count
    return perSecond(count, async () => {
      await inParallel(count, 2 * batch, (index) => client.enqueue(definition, { index }))
      while ((await client.counts()).succeeded < goal) await sleep(10)
    })
  }
  try {
    await live(task, 500)
    return { noop: await live(task, total), withResultRow: await live(writing, total) }
  } finally {
    await bench.close()
  }
}

async function lifeOfBullmq() {
  const { Queue, Worker } = await importRival("bullmq")
  const { hostname: host, port } = new URL(benchRedisUrl())
  const connection = { host, port: Number(port), maxRetriesPerRequest: null }
  const prefix = `bench-raw-${process.pid}`
  const queue = new Queue("raw", { connection, prefix, defaultJobOptions: { removeOnComplete: true } })
  let done = 0
  const worker = new Worker("raw", async () => void done++, { connection, prefix, concurrency })
  try {
    await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()])
    const live = async () => {
      done = 0
      await inBatches((indexes) => queue.addBulk(indexes.map((index) => ({ name: "task", data: { index } }))))
      while (done < total) await sleep(2)
    }
    await live()
    return await perSecond(total, live)
  } finally {
    await worker.close()
    await queue.obliterate({ force: true })
    await queue.close()
  }
}

async function lifeOfPgBoss() {
  const { default: PgBoss } = await importRival("pg-boss")
  const { url, close } = await openBenchDatabase("PostgreSQL")
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false })
  boss.on("error", () => {})
  try {
    await boss.start()
    await boss.createQueue("raw")
    let done = 0
    /** @type {string} */
    const workerId = await boss.work(
      "raw",
      { batchSize: concurrency, pollingIntervalSeconds: 0.5 },
      async (/** @type {unknown[]} */ jobs) => {
        done += jobs.length
        // Without this it waits for half a second after each batch.
        boss.notifyWorker(workerId)
      },
    )
    const live = async () => {
      done = 0
      await inBatches((indexes) => boss.insert(indexes.map((index) => ({ name: "raw", data: { index } }))))
      boss.notifyWorker(workerId)
      while (done < total) await sleep(2)
    }
    return await perSecond(total, live)
  } finally {
    await boss.stop({ graceful: false, wait: true }).catch(() => {})
    await close()
  }
}

async function lifeOfGraphileWorker() {
  const { Logger, makeWorkerUtils, run } = await importRival("graphile-worker")
  const { Pool } = await importRival("pg")
  const { url, close } = await openBenchDatabase("PostgreSQL")
  let done = 0
  const silent = () => () => {}
  const pool = new Pool({ connectionString: url, max: 10 })
  pool.on("error", () => {})
  pool.on("connect", (/** @type {import("node:events").EventEmitter} */ client) => client.on("error", () => {}))
  const utilities = await makeWorkerUtils({ pgPool: pool })
  await utilities.migrate()
  const runner = await run({
    pgPool: pool,
    concurrency,
    noHandleSignals: true,
    pollInterval: 500,
    logger: new Logger(silent),
    taskList: { task: async () => void done++ },
  })
  try {
    return await perSecond(total, async () => {
      await inBatches((indexes) =>
        utilities.addJobs(indexes.map((index) => ({ identifier: "task", payload: { index } }))),
      )
      while (done < total) await sleep(2)
    })
  } finally {
    await runner.stop()
    await utilities.release()
    await pool.end()
    await close()
  }
}
