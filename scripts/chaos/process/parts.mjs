import * as analysis from "#analysis"
import * as core from "#core"
import * as postgres from "#postgres"
import * as redisQueue from "#redis-queue"

/** One JSON object per line, for the run to count. @param {object} fact */
export const report = (fact) => void process.stdout.write(`${JSON.stringify(fact)}\n`)

/** Lines that tell what went wrong, on stderr. @type {import("#core").Logger} */
const logger = {
  debug() {},
  info() {},
  warn: (fields, message) => void process.stderr.write(`${message} ${line(fields)}\n`),
  error: (fields, message) => void process.stderr.write(`error: ${message} ${line(fields)}\n`),
  child: () => logger,
}

/** @param {object} fields */
const line = (fields) =>
  JSON.stringify(fields, (_, value) => (value instanceof Error ? `${value.name}: ${value.message}` : value))

/**
 * What a process of a host consists of, composed as `assay serve` does it. Writes that the store refuses are reported.
 *
 * @param {"api" | "worker"} role
 */
export async function openRuntime(role) {
  const { DATABASE_URL = "", REDIS_URL = "", LEASE_MS = "2000", POTPIE_API_KEY, POTPIE_BASE_URL } = process.env
  const database = await retried(() => postgres.openDatabase(DATABASE_URL, { logger }))
  const { queue, ...parts } = await retried(() => postgres.openJobParts(database, { logger }))
  await retried(() => postgres.migrate(database, analysis.analysisMigrations))
  const analyses = postgres.createPostgresQueue({ database, name: "analysis", logger })
  const connection = REDIS_URL === "" ? undefined : redisQueue.openRedis({ url: REDIS_URL, logger })
  const bells = connection && {
    queue: {
      default: redisQueue.createRedisQueue({ connection, name: "chaos", logger }),
      analysis: redisQueue.createRedisQueue({ connection, name: "chaos-analysis", logger }),
    },
    notifier: redisQueue.createRedisNotifier({ connection, logger }),
  }
  const store = reporting(parts.store)
  const runtime = core.createRuntime({
    ...{ ...parts, queue: { default: queue, analysis: analyses }, ...bells, store },
    ...{ role, logger, concurrency: 10, leaseMs: Number(LEASE_MS) },
  })
  const potpie = analysis.createPotpie({ apiKey: POTPIE_API_KEY, baseUrl: POTPIE_BASE_URL })
  return { runtime, database, store, repositories: parts.repositories, potpie }
}

/** @param {import("#core").JobStore & import("#core").JobReader} store */
function reporting(store) {
  return {
    ...store,
    /** @type {import("#core").JobStore["apply"]} */
    async apply(changes, transaction) {
      const answers = await store.apply(changes, transaction)
      changes.forEach(({ fence, transition }, index) => {
        if (fence !== undefined && answers[index] === undefined) report({ refused: transition })
      })
      return answers
    },
  }
}

/**
 * A process that starts while the server is down waits for it.
 *
 * @template Result
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function retried(work) {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!core.AssayError.isInstance(error) || !error.retryable) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
