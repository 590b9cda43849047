import type { Backoff, Logger, Notifier, Queue } from "@assay/core"
import type { EgressProxy, FetchLimits, TrustedPrefix } from "@assay/git"
import type { PostgresDatabase } from "@assay/postgres"
import type { RedisConnectionOptions } from "@assay/redis-queue"
import { parseEgressProxy, parseTrustedPrefixes } from "@assay/git"
import { readRedisConnection } from "./settings/read-redis-connection.js"
import type { Settings } from "./settings/settings-schema.js"

/** Every option has a default that needs nothing to be installed. Nothing is read from the environment. */
export interface AssayOptions {
  /**
   * The folder for what this machine keeps: the embedded database, mirrors, the key that seals secrets. Made if it is
   * missing. Default `.assay` in the working folder.
   */
  dataFolder?: string
  /**
   * `postgres://…` for a server, which any number of processes may share; the path of a folder or `memory:` for the
   * embedded database, which is for one. Default: embedded, in the data folder.
   */
  databaseUrl?: string
  /** A database of the host's own instead of a URL. It is not closed. */
  database?: PostgresDatabase
  /**
   * A Redis server (or cluster) whose queues and notifier are used: `redis://…`, or in detail. It may be down while
   * processes start; work is taken on all the same, and begins when it is back. Default: none.
   */
  redis?: string | RedisOptions
  /**
   * Queues of the host's own, by the names that definitions give them (a single one is `default`). They are not closed.
   * Default: on Redis, where that is given; LISTEN/NOTIFY where the database is a server; else in this process.
   */
  queue?: Queue | Readonly<Record<string, Queue>>
  /** Default: as for the queue. It is not closed. */
  notifier?: Notifier
  /** The folder for mirrors. Default `mirrors` in the data folder. */
  mirrorsFolder?: string
  /**
   * Seals tokens while they wait in the database. At least 16 bytes; the same in every process on one database. Default: the
   * key file in the data folder, which is made at the first start.
   */
  secretKey?: string
  /** Former keys, so that what was sealed with them can still be opened. */
  previousSecretKeys?: readonly string[]
  git?: GitSettings
  /** Where questions about repositories are put. Without it none are taken, and this process answers none. */
  potpie?: PotpieConnection
  /** Analyses in progress at once, over all processes, those that wait for Potpie included. Default 5. */
  maxAnalyses?: number
  /** What clients of the API are told that the queue of analyses is called. Default: as on Redis, `potpie-analysis`. */
  analysisQueueName?: string
  /** Jobs at once, for each queue: `default` is work on git. Default 5. */
  concurrency?: number | Readonly<Record<string, number>>
  /**
   * Which finished jobs are kept: the last `keepJobs` of each tenant (default 10,000) and no longer than `keepMs` milliseconds
   * (default 30 days); the newest of each repository always. `undefined` for either is no limit.
   */
  retention?: { keepJobs?: number | undefined; keepMs?: number | undefined }
  /** For definitions that name no number of attempts. Default 3. */
  attempts?: number
  /** How long a failed attempt waits before the next, for definitions that do not say. Default 1 s, doubling, at most 5 min. */
  backoff?: Partial<Backoff>
  /** `api` asks for work only, `worker` and `all` also do it. Default `all`. */
  role?: "all" | "api" | "worker"
  /** How long a job may go without a sign of life before another worker takes it, in milliseconds. Default 30,000. */
  leaseMs?: number
  /** Whose repositories and jobs these are. Default `"default"`. */
  tenant?: string
  /** Default: silent. A pino logger fits. */
  logger?: Logger
}

export interface RedisOptions extends RedisConnectionOptions {
  /** What the names of all keys begin with. Default `assay`. */
  prefix?: string
  /** What the queue `default`, for work on git, is called on the server. Default `git_index_jobs`. */
  gitQueueName?: string
  /** What the queue `analysis` is called on the server. Default `potpie-analysis`. */
  analysisQueueName?: string
}

export interface PotpieConnection {
  apiKey: string
  /** Default: the hosted API. */
  baseUrl?: string
  /** Default: the agent that Potpie takes by itself. */
  agentId?: string
  /** How long an answer may take, in milliseconds. Default 600,000. */
  requestTimeoutMs?: number
  /** How long Potpie may take to parse a repository, in milliseconds. Default an hour. */
  parseTimeoutMs?: number
  /**
   * What becomes of an analysis whose worker died after its question may have been sent: `"fail"` (default) leaves it to a person
   * to run it again, `"ask-again"` asks once more, and may be billed twice.
   */
  onUncertain?: "fail" | "ask-again"
  /** Also sends the token of a request to Potpie. Default `false`. */
  forwardToken?: boolean
}

export interface GitSettings {
  /** Servers and folders that are trusted: below these, repositories may be http, files, or at private addresses. */
  allow?: readonly TrustedPrefix[]
  /** Certificates (a PEM file) that servers are checked against instead of the system's. */
  caFile?: string
  /** Everything that goes to a server over http or https goes through it, from `parseEgressProxy`. Default: none. */
  proxy?: EgressProxy
  /** Refuse repositories with objects that git considers malformed. Default `true`. */
  checkObjects?: boolean
  limits?: Partial<FetchLimits>
  /**
   * What all mirrors may take together, in bytes. Those that were not used for the longest time go first, never one that
   * is in use. Default: no limit.
   */
  storageBytes?: number
  /** Address space of one git process in bytes. Linux only. Default 2 GiB. */
  memoryBytes?: number
}

/** The options that say what the settings say, for programs that are configured like the command. */
export function assayOptions(settings: Settings): AssayOptions {
  const { connection } = readRedisConnection(settings)
  return {
    dataFolder: settings.ASSAY_DATA_DIR,
    role: settings.ASSAY_ROLE,
    concurrency: { default: settings.WORKER_CONCURRENCY, analysis: settings.MAX_CONCURRENT_JOBS },
    retention: {
      keepJobs: settings.ASSAY_KEEP_JOBS === "all" ? undefined : settings.ASSAY_KEEP_JOBS,
      keepMs: settings.ASSAY_KEEP_DAYS === "all" ? undefined : settings.ASSAY_KEEP_DAYS * 86_400_000,
    },
    maxAnalyses: settings.MAX_CONCURRENT_JOBS,
    analysisQueueName: settings.QUEUE_NAME,
    attempts: settings.MAX_RETRIES,
    backoff: { baseMs: settings.ASSAY_BACKOFF, maxMs: settings.ASSAY_BACKOFF_MAX },
    git: {
      allow: parseTrustedPrefixes(settings.ASSAY_GIT_ALLOW ?? ""),
      ...(settings.ASSAY_GIT_CA_FILE === undefined ? {} : { caFile: settings.ASSAY_GIT_CA_FILE }),
      ...(settings.ASSAY_GIT_PROXY === undefined ? {} : { proxy: parseEgressProxy(settings.ASSAY_GIT_PROXY) }),
      ...(settings.GIT_STORAGE_LIMIT === undefined ? {} : { storageBytes: settings.GIT_STORAGE_LIMIT }),
      checkObjects: settings.ASSAY_GIT_CHECK_OBJECTS,
      limits: {
        repositoryBytes: settings.ASSAY_GIT_MAX_SIZE,
        refs: settings.ASSAY_GIT_MAX_REFS,
        timeoutMs: settings.ASSAY_GIT_TIMEOUT,
        freeBytes: settings.ASSAY_GIT_KEEP_FREE,
      },
      memoryBytes: settings.ASSAY_GIT_MEMORY,
    },
    ...(settings.POTPIE_API_KEY === undefined ? {} : { potpie: potpieConnection(settings, settings.POTPIE_API_KEY) }),
    ...(connection && {
      redis: {
        ...connection,
        prefix: settings.REDIS_PREFIX,
        gitQueueName: settings.REDIS_QUEUE_NAME,
        analysisQueueName: settings.QUEUE_NAME,
      },
    }),
    ...(settings.DATABASE_URL === undefined ? {} : { databaseUrl: settings.DATABASE_URL }),
    ...(settings.GIT_STORAGE_PATH === undefined ? {} : { mirrorsFolder: settings.GIT_STORAGE_PATH }),
    ...(settings.ASSAY_SECRET_KEY === undefined ? {} : { secretKey: settings.ASSAY_SECRET_KEY }),
    ...(settings.ASSAY_SECRET_KEY_PREVIOUS === undefined
      ? {}
      : { previousSecretKeys: settings.ASSAY_SECRET_KEY_PREVIOUS }),
  }
}

function potpieConnection(settings: Settings, apiKey: string): PotpieConnection {
  return {
    apiKey,
    baseUrl: settings.POTPIE_BASE_URL,
    requestTimeoutMs: settings.REQUEST_TIMEOUT,
    parseTimeoutMs: settings.ASSAY_POTPIE_PARSE_TIMEOUT,
    onUncertain: settings.ASSAY_POTPIE_UNCERTAIN,
    forwardToken: settings.POTPIE_FORWARD_GITHUB_TOKEN,
    ...(settings.CUSTOM_AGENT_ID === undefined ? {} : { agentId: settings.CUSTOM_AGENT_ID }),
  }
}
