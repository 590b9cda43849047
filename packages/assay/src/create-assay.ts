import { randomBytes } from "node:crypto"
import { join } from "node:path"
import { chartSources, renderChart } from "@assay/charts"
import { AssayError, createRuntime, createSealer, milliseconds, silentLogger } from "@assay/core"
import type { Logger, Sealer } from "@assay/core"
import {
  createInsightPreparer,
  createInsightReader,
  createMirrors,
  createRepositorySource,
  createStatisticsReader,
  createSummaryReader,
  deleteRepository,
  indexRepository,
  parseRemoteUrl,
  registerRepositoryJobs,
  updateRepository,
} from "@assay/git"
import type { RemoteUrl } from "@assay/git"
import { readAnalysisData } from "@assay/http-adapter"
import type { Charts } from "@assay/http-adapter"
import type { RedisConnection } from "@assay/redis-queue"
import { analysisWords, createEventHub, createPresenter } from "@assay/ws-adapter"
import { createAnalysisDesk } from "./analysis-desk.js"
import type { Assay } from "./assay.js"
import type { AssayOptions } from "./assay-options.js"
import { openParts } from "./parts.js"
import { createRepositoryDesk } from "./repository-desk.js"
import { secretKeyOf } from "./secret-key.js"

/** What createAssay keeps unless it is told otherwise. */
const defaultRetention = { keepJobs: 10_000, keepMs: milliseconds("30d") }

/** How often what killed processes left half made is looked for, in milliseconds: nobody else takes it away. */
const tidyEveryMs = 10 * 60_000

/**
 * Everything in one object, on embedded defaults: a database in `.assay`, a queue in this process, the machine's own git.
 * Options grow it up; nothing else of a program changes.
 */
export async function createAssay(options: AssayOptions = {}): Promise<Assay> {
  const { tenant = "default", role = "all", logger, git: { allow = [], ...gitSettings } = {} } = options
  const dataFolder = options.dataFolder ?? ".assay"
  const parts = await openParts({ ...options, dataFolder })
  try {
    const { database, store, repositories, schedules, workers, queues, notifier, redis } = parts
    const mirrors = createMirrors({ root: options.mirrorsFolder ?? join(dataFolder, "mirrors"), allow, ...gitSettings })
    if (mirrors.git.warning !== undefined) logger?.warn({}, mirrors.git.warning)
    const { missingGuards } = mirrors.git
    if (missingGuards.length > 0)
      logger?.warn({ missingGuards }, "some guards against hostile repositories are missing")
    const runtime = createRuntime({
      ...{ store, schedules, workers, queue: queues, notifier, tenant, role },
      retention: { ...defaultRetention, ...options.retention },
      sealer: await createOwnSealer(options, dataFolder),
      ...(logger ? { logger } : {}),
      ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
      ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
      ...(options.attempts === undefined ? {} : { attempts: options.attempts }),
      ...(options.backoff === undefined ? {} : { backoff: options.backoff }),
    })
    const { client } = runtime
    const statistics = createStatisticsReader({ database, repositories })
    const insights = createInsightReader({ database, repositories, ...(logger ? { log: logger } : {}) })
    const preparer = createInsightPreparer({ reader: insights, log: logger })
    registerRepositoryJobs(runtime.worker, {
      ...{ repositories, mirrors, allow },
      onPublished: (repository) => preparer.add(repository),
    })
    const parseRepositoryUrl = (text: string): RemoteUrl => parseRemoteUrl(text, { allow })
    const startOnce = (): Promise<void> => (starting ??= start())
    const { analyses, register } = createAnalysisDesk({
      ...{ database, store, repositories, client, parseRepositoryUrl, logger },
      source: createRepositorySource({ mirrors, allow }),
      queueName: queueNameOf(options),
      started: startOnce,
      sweep: () => runtime.recovery.sweep(),
      ...(options.potpie ? { potpie: options.potpie } : {}),
      ...(options.maxAnalyses === undefined ? {} : { maxAnalyses: options.maxAnalyses }),
      ...(options.attempts === undefined ? {} : { attempts: options.attempts }),
    })
    register(runtime.worker)
    const hub = createEventHub({
      ...{ reader: store, notifier },
      // What is told in the end is what can be read afterwards, word for word.
      present: createPresenter({
        "repository.analyze": analysisWords({ data: ({ id, tenant }) => readAnalysisData(analyses, { id, tenant }) }),
      }),
      // Clients of the older service may know a project by Potpie's own id.
      resolve: async (id, of) => (await analyses.find(id, of))?.id,
      ...(logger ? { logger } : {}),
    })
    const services: Assay["services"] = {
      client,
      repositories,
      ...{ statistics, insights, charts },
      definitions: { index: indexRepository, update: updateRepository, delete: deleteRepository },
      workers,
      paused: () => store.paused(),
      analyses,
      jobEvents: store,
      websocketConnections: () => Object.values(hub.connections).reduce((sum, count) => sum + count, 0),
      parseRepositoryUrl,
      optionalChecks: redis ? { redis: (signal) => redis.ready({ signal }) } : {},
    }

    let starting: Promise<void> | undefined
    let closing: Promise<void> | undefined
    let tidying: NodeJS.Timeout | undefined
    async function start(): Promise<void> {
      if (role !== "api") {
        await mirrors.sweep()
        tidying = setInterval(() => void mirrors.sweep().catch(reportUntidy), tidyEveryMs).unref()
      }
      if (redis) await waitForRedis(redis, logger ?? silentLogger)
      await runtime.start()
    }
    const reportUntidy = (error: unknown): void => logger?.warn({ error }, "could not tidy up the folder of mirrors")
    async function close(graceMs: number): Promise<void> {
      await starting?.catch(() => {})
      clearInterval(tidying)
      await hub.close()
      await preparer.stop()
      await runtime.stop({ graceMs })
      await parts.close()
    }

    const assay: Assay = {
      ...{ client, repositories, statistics, insights, analyses, workers, database, mirrors, services, hub },
      ...createRepositoryDesk({
        ...{ client, store, repositories, statistics, insights, allow },
        summary: createSummaryReader({ database, repositories }),
        started: startOnce,
        sweep: () => runtime.recovery.sweep(),
      }),
      handle: (definition, handler) => runtime.worker.handle(definition, handler),
      start: startOnce,
      close: ({ graceMs = 20_000 } = {}) => (closing ??= close(graceMs)),
      [Symbol.asyncDispose]: () => assay.close(),
    }
    return assay
  } catch (error) {
    await parts.close()
    throw error
  }
}

/** What people call the queue of analyses. */
function queueNameOf({ analysisQueueName, redis }: AssayOptions): string {
  return analysisQueueName ?? (typeof redis === "object" ? redis.analysisQueueName : undefined) ?? "potpie-analysis"
}

const charts: Charts = { sources: chartSources, render: renderChart }

/** A server that is down comes back, and work waits for it in the store; one that will never let us in is an error now. */
async function waitForRedis(redis: RedisConnection, logger: Logger): Promise<void> {
  try {
    await redis.ready({ timeoutMs: 3000 })
  } catch (error) {
    if (!AssayError.isInstance(error) || !error.retryable) throw error
    logger.warn({ error }, "Redis cannot be reached; work is taken on, and begins when it is back")
  }
}

async function createOwnSealer(options: AssayOptions, dataFolder: string): Promise<Sealer> {
  const { secretKey, previousSecretKeys } = options
  if (secretKey !== undefined) return createSealer(secretKey, previousSecretKeys)
  // What is not kept needs no key that is.
  const isKept = options.database !== undefined || !/^memory:/.test(options.databaseUrl ?? "")
  return createSealer(isKept ? await secretKeyOf(dataFolder) : randomBytes(32), previousSecretKeys)
}
