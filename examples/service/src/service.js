// API and worker, composed by hand: what `assay serve` does, without its conveniences. This file is the only one that knows
// which store, queue and notifier there are.
import { parseArgs } from "node:util"
import { createMemoryNotifier, createMemoryQueue, createRuntime, createSealer } from "@assay/core"
import * as git from "@assay/git"
import { assertSafeBinding, createAuthorize, createHttpServer } from "@assay/http-adapter"
import {
  createPostgresJobStore,
  createPostgresNotifier,
  createPostgresQueue,
  createPostgresRepositoryStore,
  migrate,
  openDatabase,
  postgresMigrations,
} from "@assay/postgres"
import { createRedisNotifier, createRedisQueue, openRedis } from "@assay/redis-queue"
import { createEventHub, wsAdapter } from "@assay/ws-adapter"
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
} = process.env
const apiKeys = keys.split(",").filter((key) => key !== "")
const logger = pino({ base: { role }, serializers: { error: pino.stdSerializers.err } })

// What remembers. One PostgreSQL server for any number of processes; a folder for one.
const database = await openDatabase(databaseUrl, { logger })
await migrate(database, [...postgresMigrations, ...git.gitMigrations])
const store = await createPostgresJobStore({ database })
const repositories = createPostgresRepositoryStore({ database })

// What rings and what tells: Redis where there is one, else the database. One that nobody else has open needs no bell that
// others hear.
const redis = redisUrl ? openRedis({ url: redisUrl, logger }) : undefined
const queue = redis
  ? createRedisQueue({ connection: redis, name: queueName, logger })
  : database.exclusive
    ? createMemoryQueue({ logger })
    : createPostgresQueue({ database, logger })
const notifier = redis
  ? createRedisNotifier({ connection: redis, logger })
  : database.exclusive
    ? createMemoryNotifier({ logger })
    : createPostgresNotifier({ database, logger })

// Who asks for work, and who does it. Every process on the same database needs the same key.
const sealer = createSealer(secretKey)
const runtime = createRuntime({ store, queue, notifier, sealer, role, concurrency: Number(concurrency), logger })

// What the work is. A process that only answers requests needs the definitions and no mirrors.
const allow = git.parseTrustedPrefixes(allowed)
if (role !== "api") {
  const mirrors = git.createMirrors({ root: mirrorsFolder, allow })
  git.registerRepositoryJobs(runtime.worker, { repositories, mirrors, allow })
  await mirrors.sweep()
}

// What is served: the API, and beside it the events of the jobs, whichever process they happen in.
const hub = createEventHub({ reader: store, notifier, logger })
const server =
  role === "worker"
    ? undefined
    : await createHttpServer({
        client: runtime.client,
        repositories,
        statistics: git.createStatisticsReader({ database, repositories }),
        definitions: {
          index: git.indexRepository,
          update: git.updateRepository,
          delete: git.deleteRepository,
        },
        parseRepositoryUrl: (text) => git.parseRemoteUrl(text, { allow }),
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
    for (const part of [queue, notifier, redis, store, database]) await part?.close()
  })
}
