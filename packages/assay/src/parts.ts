import { AssayError, createMemoryNotifier, createMemoryQueue, silentLogger } from "@assay/core"
import type { JobReader, JobStore, Notifier, Queue, RepositoryStore, ScheduleStore, WorkerRegistry } from "@assay/core"
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
import type { AssayOptions } from "./assay-options.js"
import { SetupError } from "./errors.js"

/** What remembers, what rings and what tells, opened and ready. */
export interface Parts {
  readonly database: PostgresDatabase
  readonly store: JobStore & JobReader
  readonly repositories: RepositoryStore
  readonly schedules: ScheduleStore
  readonly workers: WorkerRegistry
  readonly queue: Queue
  readonly notifier: Notifier
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
    await migrate(database, [...postgresMigrations, ...gitMigrations])
    const store = await createPostgresJobStore({ database })
    const repositories = createPostgresRepositoryStore({ database })
    const schedules = createPostgresScheduleStore({ database })
    const workers = createPostgresWorkerRegistry({ database })
    // A database that nobody else can have open needs no bell that others hear.
    const queue =
      options.queue ?? (database.exclusive ? createMemoryQueue({ logger }) : createPostgresQueue({ database, logger }))
    const notifier =
      options.notifier ??
      (database.exclusive ? createMemoryNotifier({ logger }) : createPostgresNotifier({ database, logger }))
    closes.push(() => store.close())
    if (!options.queue) closes.push(() => queue.close())
    if (!options.notifier) closes.push(() => notifier.close())
    return { database, store, repositories, schedules, workers, queue, notifier, close }
  } catch (error) {
    await close()
    throw error
  }
}

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
