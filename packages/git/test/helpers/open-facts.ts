import { randomBytes } from "node:crypto"
import type {
  HandlerContext,
  JobHandle,
  Repository,
  RepositoryReference,
  RepositoryStore,
  Runtime,
  StatisticsReader,
} from "@assay/core"
import { createRuntime, createSealer } from "@assay/core"
import { migrate, openDatabase, openJobParts } from "@assay/postgres"
import type { PostgresDatabase } from "@assay/postgres"
import {
  createMirrors,
  createRepositoryHandlers,
  createStatisticsReader,
  createSummaryReader,
  deleteRepository,
  gitMigrations,
  indexRepository,
  parseRemoteUrl,
  updateRepository,
} from "../../src/index.js"
import type {
  DeleteResult,
  IndexResult,
  Mirrors,
  MirrorsOptions,
  RepositorySummary,
  TrustedPrefix,
} from "../../src/index.js"
import { temporaryFolder } from "./temporary-folder.js"

/** A running runtime with the repository jobs, on a database of its own. */
export interface Facts extends AsyncDisposable {
  database: PostgresDatabase
  repositories: RepositoryStore
  mirrors: Mirrors
  runtime: Runtime
  statistics: StatisticsReader
  summary: (repository: Repository) => Promise<RepositorySummary>
  /** Registers what lies at a path, as the operator would. */
  register(path: string, options?: { branch?: string; tenant?: string }): Promise<Repository>
  index(repository: Repository, options?: { full?: boolean }): Promise<IndexResult>
  update(repository: Repository): Promise<IndexResult>
  remove(repository: Repository): Promise<DeleteResult>
  enqueue(kind: "index" | "update", repository: Repository): Promise<JobHandle<IndexResult>>
  /** The repository as it is now. */
  reload(repository: Repository): Promise<Repository>
  /** Stops the runtime at once, and starts another one on the same database and mirrors. */
  restart(): Promise<void>
  /** Stands between a handler and its context, until the next call. */
  interfere(change: Interference | undefined): void
}

export type Interference = (context: HandlerContext<never, never>) => Partial<HandlerContext>

export interface FactsOptions {
  /** Default: in memory. */
  databaseUrl?: string
  allow?: readonly TrustedPrefix[]
  /** Git processes that read a history. Default 2. */
  children?: number
  mirrors?: Partial<MirrorsOptions>
  /** Told of each published snapshot. */
  onPublished?: (repository: RepositoryReference) => void
  /** Commits of the chain between two checkpoints of the ledger of lines. */
  ledgerCheckpoint?: number
}

export async function openFacts(options: FactsOptions = {}): Promise<Facts> {
  const { allow = [], children = 2 } = options
  const folder = await temporaryFolder()
  const database = await openDatabase(options.databaseUrl ?? "memory:")
  const mirrors = createMirrors({ root: folder.path, allow, ...options.mirrors })
  const parts = await openJobParts(database)
  await migrate(database, gitMigrations)
  const { repositories } = parts
  let interference: Interference | undefined

  function interfered<Context extends HandlerContext<never, never>>(context: Context): Context {
    return interference ? { ...context, ...interference(context) } : context
  }

  async function start(): Promise<Runtime> {
    const runtime = createRuntime({ ...parts, sealer: createSealer("sixteen bytes or more") })
    const handlers = createRepositoryHandlers({
      ...{ repositories, mirrors, allow, children },
      ...(options.onPublished ? { onPublished: options.onPublished } : {}),
      ...(options.ledgerCheckpoint === undefined ? {} : { ledgerCheckpoint: options.ledgerCheckpoint }),
    })
    runtime.worker.handle(indexRepository, (context) => handlers.index(interfered(context as never)))
    runtime.worker.handle(updateRepository, (context) => handlers.update(interfered(context as never)))
    runtime.worker.handle(deleteRepository, (context) => handlers.delete(interfered(context as never)))
    await runtime.start()
    return runtime
  }

  let runtime = await start()
  const statistics = createStatisticsReader({ database, repositories })
  const facts: Facts = {
    database,
    repositories,
    mirrors,
    statistics,
    summary: createSummaryReader({ database, repositories }),
    get runtime() {
      return runtime
    },
    register(path, { branch, tenant = "default" } = {}) {
      const { url, key, name } = parseRemoteUrl(path, { trusted: true })
      return repositories.create({
        ...{ tenant, url, name, trusted: true },
        // Tests may register one path several times, to compare what comes of it.
        key: `${key}#${randomBytes(4).toString("hex")}`,
        ...(branch === undefined ? {} : { defaultBranch: branch }),
      })
    },
    async index({ id, tenant }, { full } = {}) {
      const input = { repositoryId: id, ...(full === undefined ? {} : { full }) }
      return (await runtime.client.forTenant(tenant).enqueue(indexRepository, input)).result()
    },
    async update({ id, tenant }) {
      return (await runtime.client.forTenant(tenant).enqueue(updateRepository, { repositoryId: id })).result()
    },
    async remove({ id, tenant }) {
      return (await runtime.client.forTenant(tenant).enqueue(deleteRepository, { repositoryId: id })).result()
    },
    enqueue: (kind, { id }) =>
      runtime.client.enqueue(kind === "index" ? indexRepository : updateRepository, { repositoryId: id }),
    reload: async ({ id, tenant }) => (await repositories.get(id, tenant))!,
    async restart() {
      await runtime.stop({ graceMs: 0 })
      runtime = await start()
    },
    interfere(change) {
      interference = change
    },
    async [Symbol.asyncDispose]() {
      await runtime.stop({ graceMs: 0 })
      await parts.queue.close()
      await parts.notifier.close()
      await database.close()
      await folder[Symbol.asyncDispose]()
    },
  }
  return facts
}
