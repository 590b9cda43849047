import { AssayError, createMemoryNotifier, createMemoryQueue, namedQueues, silentLogger } from "@assay/core"
import type {
  JobReader,
  JobStore,
  Logger,
  Notifier,
  Queue,
  RepositoryStore,
  ScheduleStore,
  WorkerRegistry,
} from "@assay/core"
import { analysisMigrations } from "@assay/analysis"
import { gitMigrations } from "@assay/git"
import {
  createPostgresJobStore,
  createPostgresNotifier,
  createPostgresQueue,
  createPostgresRepositoryStore,
  createPostgresScheduleStore,
  createPostgresWorkerRegistry,
  migrate,
  openDatabase,
  postgresMigrations,
} from "@assay/postgres"
import type { PostgresDatabase } from "@assay/postgres"
import { createRedisNotifier, createRedisQueue, openRedis } from "@assay/redis-queue"
import type { RedisConnection } from "@assay/redis-queue"
import type { AssayOptions, RedisOptions } from "./assay-options.js"
import { SetupError } from "./errors.js"

/** What remembers, what rings and what tells, opened and ready. */
export interface Parts {
  readonly database: PostgresDatabase
  readonly store: JobStore & JobReader
  readonly repositories: RepositoryStore
  readonly schedules: ScheduleStore
  readonly workers: WorkerRegistry
  /** By name: `default` for work on git, `analysis`. */
  readonly queues: Readonly<Record<string, Queue>>
  readonly notifier: Notifier
  /** Where Redis is used. */
  readonly redis: RedisConnection | undefined
  /** Closes what was opened here, and not what was given. */
  close(): Promise<void>
}

/** Opens the parts that the options ask for. Rejects, with everything closed again, when one cannot be opened. */
export async function openParts(options: AssayOptions & { dataFolder: string }): Promise<Parts> {
  const logger = options.logger ?? silentLogger
  const database = options.database ?? (await open(options.databaseUrl ?? options.dataFolder, options))
  const closes: (() => Promise<void>)[] = options.database ? [] : [() => database.close()]
  const close = async (): Promise<void> => {
    for (const closeOne of closes.splice(0).reverse()) await closeOne()
  }
  try {
    await migrate(database, [...postgresMigrations, ...gitMigrations, ...analysisMigrations])
    const store = await createPostgresJobStore({ database })
    const repositories = createPostgresRepositoryStore({ database })
    const schedules = createPostgresScheduleStore({ database })
    const workers = createPostgresWorkerRegistry({ database })
    closes.push(() => store.close())
    const redis = options.redis === undefined ? undefined : openRedis({ ...redisOptions(options.redis), logger })
    if (redis) closes.push(() => redis.close())
    const bells = redis
      ? redisBells(redis, redisOptions(options.redis), logger)
      : database.exclusive
        ? localBells(logger)
        : databaseBells(database, logger)
    const queues = options.queue === undefined ? bells.queues() : namedQueues(options.queue)
    if (options.queue === undefined) closes.push(...Object.values(queues).map((queue) => () => queue.close()))
    const notifier = options.notifier ?? bells.notifier()
    if (!options.notifier) closes.push(() => notifier.close())
    return { database, store, repositories, schedules, workers, queues, notifier, redis, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The ways to ring and to tell: within the process, through the database, through Redis. */
interface Bells {
  queues(): Readonly<Record<string, Queue>>
  notifier(): Notifier
}

/** A database that nobody else can have open needs no bell that others hear. */
const localBells = (logger: Logger): Bells => ({
  queues: () => ({ default: createMemoryQueue({ logger }), analysis: createMemoryQueue({ logger }) }),
  notifier: () => createMemoryNotifier({ logger }),
})

const databaseBells = (database: PostgresDatabase, logger: Logger): Bells => ({
  queues: () => ({
    default: createPostgresQueue({ database, logger }),
    analysis: createPostgresQueue({ database, name: "analysis", logger }),
  }),
  notifier: () => createPostgresNotifier({ database, logger }),
})

function redisBells(connection: RedisConnection, options: RedisOptions, logger: Logger): Bells {
  const { prefix = "assay", gitQueueName = "git_index_jobs", analysisQueueName = "potpie-analysis" } = options
  const shared = { connection, prefix, logger }
  return {
    queues: () => ({
      default: createRedisQueue({ ...shared, name: gitQueueName }),
      analysis: createRedisQueue({ ...shared, name: analysisQueueName }),
    }),
    notifier: () => createRedisNotifier(shared),
  }
}

const redisOptions = (redis: AssayOptions["redis"]): RedisOptions =>
  typeof redis === "string" ? { url: redis } : (redis ?? {})

async function open(url: string, { logger }: AssayOptions): Promise<PostgresDatabase> {
  try {
    return await openDatabase(url, logger ? { logger } : {})
  } catch (error) {
    if (!AssayError.isInstance(error) || error.code !== "DATA_FOLDER_UNUSABLE") throw error
    // The same, in the words of those who choose the folder here.
    throw new SetupError("DATA_FOLDER_UNUSABLE", error.message, {
      cause: error.cause,
      hint: "Choose another one: --data-dir or ASSAY_DATA_DIR, dataFolder in code.",
    })
  }
}
