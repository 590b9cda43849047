// API and worker, composed by hand: what `assay serve` does, without its conveniences. This file is the only one that knows
// which store, queue and notifier there are.
import { parseArgs } from "node:util"
import * as analysis from "@assay/analysis"
import { createMemoryNotifier, createMemoryQueue, createRuntime, createSealer } from "@assay/core"
import * as git from "@assay/git"
import { assertSafeBinding, createAuthorize, createHttpServer, readAnalysisData } from "@assay/http-adapter"
import {
  createPostgresJobStore,
  createPostgresNotifier,
  createPostgresQueue,
  createPostgresRepositoryStore,
  createPostgresWorkerRegistry,
  migrate,
  openDatabase,
  postgresMigrations,
} from "@assay/postgres"
import { createRedisNotifier, createRedisQueue, openRedis } from "@assay/redis-queue"
import { analysisWords, createEventHub, createPresenter, wsAdapter } from "@assay/ws-adapter"
import { pino } from "pino"

const { values: flags } = parseArgs({ options: { role: { type: "string", default: "all" } } })
const role = /** @type {"all" | "api" | "worker"} */ (flags.role)
const {
  DATABASE_URL: databaseUrl = ".assay",
  REDIS_URL: redisUrl,
  REDIS_QUEUE_NAME: queueName = "repositories",
  GIT_STORAGE_PATH: mirrorsFolder = ".assay/mirrors",
  ASSAY_SECRET_KEY: secretKey = "",
  ASSAY_GIT_ALLOW: allowed = "",
  ASSAY_API_KEYS: keys = "",
  HOST: host = "127.0.0.1",
  PORT: port = "8080",
  WORKER_CONCURRENCY: concurrency = "5",
  QUEUE_NAME: analysisQueueName = "potpie-analysis",
  MAX_CONCURRENT_JOBS: maxAnalyses = "5",
  POTPIE_API_KEY: potpieKey,
  POTPIE_BASE_URL: potpieUrl,
} = process.env
const apiKeys = keys.split(",").filter((key) => key !== "")
const logger = pino({ base: { role }, serializers: { error: pino.stdSerializers.err } })

// What remembers. One PostgreSQL server for any number of processes; a folder for one.
const database = await openDatabase(databaseUrl, { logger })
await migrate(database, [...postgresMigrations, ...git.gitMigrations, ...analysis.analysisMigrations])
const store = await createPostgresJobStore({ database })
const repositories = createPostgresRepositoryStore({ database })
const workers = createPostgresWorkerRegistry({ database })

// What rings and what tells: Redis where there is one, else the database. One that nobody else has open needs no bell that
// others hear.
const redis = redisUrl ? openRedis({ url: redisUrl, logger }) : undefined
const openQueue = (/** @type {string} */ name, /** @type {string} */ nameOnRedis) =>
  redis
    ? createRedisQueue({ connection: redis, name: nameOnRedis, logger })
    : database.exclusive
      ? createMemoryQueue({ logger })
      : createPostgresQueue({ database, name, logger })
// Questions have a queue of their own: however many wait for Potpie, work on git goes on.
const queue = { default: openQueue("default", queueName), analysis: openQueue("analysis", analysisQueueName) }
const notifier = redis
  ? createRedisNotifier({ connection: redis, logger })
  : database.exclusive
    ? createMemoryNotifier({ logger })
    : createPostgresNotifier({ database, logger })

// Who asks for work, and who does it. Every process on the same database needs the same key.
const sealer = createSealer(secretKey)
const runtime = createRuntime({
  ...{ store, workers, queue, notifier, sealer, role, logger },
  concurrency: { default: Number(concurrency), analysis: Number(maxAnalyses) },
})

// What the work is. A process that only answers requests needs the definitions and no mirrors.
const allow = git.parseTrustedPrefixes(allowed)
const parseRepositoryUrl = (/** @type {string} */ text) => git.parseRemoteUrl(text, { allow })
const analyzeRepository = analysis.defineAnalyzeRepository({ maxConcurrency: Number(maxAnalyses), attempts: 3 })
// Without a key there is no Potpie, and no questions are taken.
const potpie = analysis.createPotpie({ apiKey: potpieKey, baseUrl: potpieUrl, logger })
if (role !== "api") {
  const mirrors = git.createMirrors({ root: mirrorsFolder, allow })
  git.registerRepositoryJobs(runtime.worker, { repositories, mirrors, allow })
  if (potpie) {
    const source = git.createRepositorySource({ mirrors, allow })
    const handler = analysis.createAnalysisHandler({ potpie, database, jobs: store, repositories, source })
    runtime.worker.handle(analyzeRepository, handler)
  }
  await mirrors.sweep()
}

// What is served: the API, and beside it the events of the jobs, whichever process they happen in.
const analyses = analysis.createAnalyses({
  ...{ database, store, reader: store, repositories, client: runtime.client, definition: analyzeRepository, potpie },
  ...{ parseRepositoryUrl, queueName: analysisQueueName, maxConcurrency: Number(maxAnalyses), maxAttempts: 3 },
  sweep: () => runtime.recovery.sweep(),
})
const hub = createEventHub({
  ...{ reader: store, notifier, logger },
  present: createPresenter({
    "repository.analyze": analysisWords({ data: ({ id, tenant }) => readAnalysisData(analyses, { id, tenant }) }),
  }),
})
const server =
  role === "worker"
    ? undefined
    : await createHttpServer({
        client: runtime.client,
        repositories,
        analyses,
        workers,
        statistics: git.createStatisticsReader({ database, repositories }),
        definitions: {
          index: git.indexRepository,
          update: git.updateRepository,
          delete: git.deleteRepository,
        },
        parseRepositoryUrl,
        // Requests are served without Redis, too; work then waits for the next sweep.
        optionalChecks: redis ? { redis: (signal) => redis.ready({ signal }) } : {},
        apiKeys,
        logger,
        extend: async (app) => {
          await app.register(wsAdapter, { hub, authorize: createAuthorize({ apiKeys }), logger })
        },
      })

await runtime.start()
if (server) {
  assertSafeBinding({ host, apiKeys })
  logger.info({ url: await server.listen({ host, port: Number(port) }) }, "listening")
}
logger.info({}, "ready")

// In the opposite order, within the time that an orchestrator gives.
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
  process.once(signal, async () => {
    await server?.close()
    await hub.close()
    await runtime.stop({ graceMs: 15_000 })
    for (const part of [queue.default, queue.analysis, notifier, redis, store, database]) await part?.close()
  })
}
