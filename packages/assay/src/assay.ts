import type {
  Analyses,
  BusFactor,
  BusFactorOptions,
  Client,
  ContributorStatistics,
  Database,
  DayActivity,
  FileChurn,
  FileStatistics,
  Insight,
  InsightName,
  InsightQuery,
  InsightReader,
  Handler,
  JobDefinition,
  JobHandle,
  Repository,
  RepositoryStore,
  Snapshot,
  StatisticsReader,
  WorkerRegistry,
} from "@assay/core"
import type { DeleteResult, Mirrors, RepositorySummary } from "@assay/git"
import type { HttpAdapterOptions, Services } from "@assay/http-adapter"
import type { EventHub } from "@assay/ws-adapter"

/**
 * Everything in one object: registers repositories, has them indexed in the background, and reads what came of it.
 *
 * `createAssay` makes one. Work is taken up by `start`, or by itself as soon as some is asked for.
 */
export interface Assay extends AsyncDisposable {
  /** Asks for jobs of any definition, now or by a schedule, shows and cancels them. */
  readonly client: Client
  readonly repositories: RepositoryStore
  readonly statistics: StatisticsReader
  /** Reads metrics with their definitions, of this snapshot or a former one. */
  readonly insights: InsightReader
  /** Puts questions about repositories to Potpie, and reads the answers. */
  readonly analyses: Analyses
  /** The workers of all processes that live. */
  readonly workers: Pick<WorkerRegistry, "live">
  /** For tables of one's own: `client.enqueue(…, { tx })` joins a transaction on it. */
  readonly database: Database
  readonly mirrors: Mirrors
  /** What `@assay/http-adapter` serves: `app.register(httpAdapter, { ...assay.services, prefix: "/git" })`. */
  readonly services: Services & Required<Pick<HttpAdapterOptions, "optionalChecks">>
  /** What `@assay/ws-adapter` serves: `app.register(wsAdapter, { hub: assay.hub, authorize, prefix: "/git" })`. */
  readonly hub: EventHub

  /**
   * The repository at `url`, registered if it was not. `url` is `https://…`, or `owner/repo` for GitHub; with `trusted`
   * also a local path or anything else git fetches from. Rejects with `GIT_URL_REFUSED`.
   */
  register(url: string, options?: RegisterOptions): Promise<Repository>
  /** Asks for the repository to be read: everything at first, what is new from then on. Rejects with `REPOSITORY_NOT_FOUND`. */
  index(repository: Repository | number, options?: WorkOptions): Promise<RepositoryJob>
  /** Asks for the repository to be removed with all that is known about it. What runs on it is cancelled. */
  remove(repository: Repository | number): Promise<JobHandle<DeleteResult>>
  /**
   * `register` and `index` in one: both happen, or neither. While the repository is being read already, that job is
   * returned, and its `deduplicated` says so.
   */
  analyze(url: string, options?: RegisterOptions & WorkOptions): Promise<RepositoryJob>
  /** What is known about a repository. Rejects with `REPOSITORY_NOT_FOUND`, or `SNAPSHOT_NOT_READY` before its first snapshot. */
  results(repository: Repository | number): Promise<RepositoryResults>

  /** Registers the code for a definition of one's own. Before work is taken up. */
  handle<Input, Result>(definition: JobDefinition<Input, Result>, handler: Handler<Input, Result>): void
  /** Takes up work, what an earlier process left unfinished included. Safe to call twice. */
  start(): Promise<void>
  /**
   * Gives running jobs `graceMs` (default 20,000) to end, puts the others back without a loss, and releases everything
   * that `createAssay` opened. Safe to call twice.
   */
  close(options?: { graceMs?: number }): Promise<void>
}

export interface RegisterOptions {
  /** The branch to read. Default: the one that the remote calls its default. */
  branch?: string
  /**
   * The operator vouches for the URL, so it may be a local path, plain http, or at a private address. Never set it for text
   * that came from a stranger. Remembered with the repository. Default `false`.
   */
  trusted?: boolean
}

export interface WorkOptions {
  /** May read the repository, if it is private. Sealed at once, and dropped when the job ends. */
  token?: string
}

/** A job that reads a repository. Its id re-attaches to it from any process: `client.job(id)`. */
export interface RepositoryJob extends Omit<JobHandle, "result"> {
  readonly repositoryId: number
  /**
   * What was found, once the job is done. Rejects with `JOB_FAILED` (whose `cause` is the failure), `JOB_CANCELLED`, or
   * `ABORTED` when `signal` aborts; the job itself goes on then.
   */
  result(options?: { signal?: AbortSignal }): Promise<RepositoryResults>
}

/** The published results of one repository. Lists are fetched page by page as they are read. */
export interface RepositoryResults {
  readonly repository: Repository
  /** The snapshot there was when these results were asked for. */
  readonly snapshot: Snapshot
  summary(): Promise<RepositorySummary>
  /** A metric with its definition, parameters and exclusions. Rejects with `INVALID_INPUT` for a parameter it cannot read. */
  insight(name: InsightName, query?: InsightQuery): Promise<Insight>
  busFactor(options?: Partial<BusFactorOptions>): Promise<BusFactor>
  /** By name. */
  contributors(): AsyncIterable<ContributorStatistics>
  /** Largest first. */
  files(): AsyncIterable<FileStatistics>
  /** The files that change most, for their size: highest score first. `days` counts back from the snapshot; 0 (the default) is all. */
  hotspots(options?: { days?: number }): AsyncIterable<FileChurn>
  /** One entry per day, oldest first, up to today. Default: the last 90. */
  commitActivity(options?: { days?: number }): Promise<DayActivity[]>
}
