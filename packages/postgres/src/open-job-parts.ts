import { createMemoryNotifier, createMemoryQueue, silentLogger } from "@assay/core"
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
import type { PostgresDatabase } from "./database.js"
import { migrate } from "./migrate.js"
import { postgresMigrations } from "./migrations/index.js"
import { createPostgresJobStore } from "./postgres-job-store.js"
import { createPostgresNotifier } from "./postgres-notifier.js"
import { createPostgresQueue } from "./postgres-queue.js"
import { createPostgresRepositoryStore } from "./postgres-repository-store.js"
import { createPostgresScheduleStore } from "./postgres-schedule-store.js"
import { createPostgresWorkerRegistry } from "./postgres-worker-registry.js"

/** All that a runtime needs of a database. */
export interface JobParts {
  readonly store: JobStore & JobReader
  readonly repositories: RepositoryStore
  readonly schedules: ScheduleStore
  readonly workers: WorkerRegistry
  readonly queue: Queue
  readonly notifier: Notifier
}

/**
 * Migrates `database` and opens everything on it. A database that nobody else can have open (a local folder, memory) gets
 * a queue and a notifier that stay within the process. The caller closes queue, notifier and database.
 */
export async function openJobParts(database: PostgresDatabase, options: { logger?: Logger } = {}): Promise<JobParts> {
  const logger = options.logger ?? silentLogger
  await migrate(database, postgresMigrations)
  return {
    store: await createPostgresJobStore({ database }),
    repositories: createPostgresRepositoryStore({ database }),
    schedules: createPostgresScheduleStore({ database }),
    workers: createPostgresWorkerRegistry({ database }),
    queue: database.exclusive ? createMemoryQueue({ logger }) : createPostgresQueue({ database, logger }),
    notifier: database.exclusive ? createMemoryNotifier({ logger }) : createPostgresNotifier({ database, logger }),
  }
}
