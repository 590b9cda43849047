import {
  createMemoryJobStore,
  createMemoryNotifier,
  createMemoryQueue,
  createMemoryRepositoryStore,
  createMemoryScheduleStore,
  createMemoryWorkerRegistry,
  createRuntime,
  createSealer,
  defineJob,
  systemClock,
} from "@assay/core"
import type { HandlerContext, JobReader, JobStore, Repository, RepositoryStore, Runtime, Snapshot } from "@assay/core"
import type { FastifyInstance } from "fastify"
import { z } from "zod"
import { createHttpServer } from "../../src/index.js"
import type { HttpAdapterOptions } from "../../src/index.js"
import { anAnswer, analyze, createMemoryAnalyses, someSnippets } from "./memory-analyses.js"
import type { AnalyzeContext, MemoryAnalyses, Notes } from "./memory-analyses.js"
import { createFixedStatistics } from "./fixed-statistics.js"
import { parseRepositoryUrl } from "./parse-repository-url.js"
import { recordingLogger } from "./recording-logger.js"
import type { RecordingLogger } from "./recording-logger.js"

const input = z.object({ repositoryId: z.int() })
const about = {
  input,
  repository: ({ repositoryId }: { repositoryId: number }) => repositoryId,
  exclusiveKey: ({ repositoryId }: { repositoryId: number }) => `repository:${repositoryId}`,
}

export const definitions = {
  index: defineJob({ type: "repository.index", onConflict: "coalesce", attempts: 2, ...about }),
  update: defineJob({ type: "repository.update", onConflict: "coalesce", ...about }),
  delete: defineJob({ type: "repository.delete", preempts: true, ...about }),
}

export interface TestApp {
  readonly app: FastifyInstance
  readonly runtime: Runtime
  readonly store: JobStore & JobReader
  readonly repositories: RepositoryStore
  readonly analyses: MemoryAnalyses
  readonly logger: RecordingLogger
  /** Registers a repository, published if asked for. */
  aRepository(options?: { url?: string; published?: boolean; tenant?: string }): Promise<Repository>
  /** Lets jobs of `repository.index` run, with this handler. */
  work(handler: (context: HandlerContext<{ repositoryId: number }, undefined>) => Promise<void>): Promise<void>
  /** Lets analyses run, with this handler; `note` says what is known of one. Default: it answers at once. */
  answer(handler?: (context: AnalyzeContext, note: (notes: Notes) => void) => Promise<unknown>): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** The adapter over a memory runtime. */
export async function buildApp(options: Partial<HttpAdapterOptions> = {}): Promise<TestApp> {
  const logger = recordingLogger()
  const parts = services(logger)
  const { runtime, repositories, store, analyses } = parts
  const app = await createHttpServer({ ...parts.options, logger, ...options })
  return {
    app,
    runtime,
    store,
    repositories,
    analyses,
    logger,
    async aRepository({ url = "https://github.com/owner/repo", published = false, tenant = "default" } = {}) {
      const repository = await repositories.create({ ...parseRepositoryUrl(url), tenant, trusted: false })
      if (!published) return repository
      await store.transaction((transaction) => repositories.publish(repository.id, aSnapshot(), transaction))
      return (await repositories.get(repository.id, tenant)) ?? repository
    },
    async work(handler) {
      runtime.worker.handle(definitions.index, async (context) => {
        await handler(context)
        return undefined
      })
      await runtime.start()
    },
    async answer(handler = async (_context, note) => note({ answer: anAnswer(), snippets: someSnippets() })) {
      runtime.worker.handle(analyze, async (context) => {
        const note = (notes: Notes): void => {
          analyses.notes.set(context.jobId, { ...analyses.notes.get(context.jobId), ...notes })
        }
        return (await handler(context, note)) ?? null
      })
      await runtime.start()
    },
    async [Symbol.asyncDispose]() {
      await app.close()
      await runtime.stop({ graceMs: 0 })
      await store.close()
    },
  }
}

/** Everything the adapter is given, in memory. */
export function services(logger: RecordingLogger = recordingLogger()) {
  const store = createMemoryJobStore()
  const schedules = createMemoryScheduleStore()
  const repositories = createMemoryRepositoryStore({ schedules })
  const workers = createMemoryWorkerRegistry({ jobs: store })
  const runtime = createRuntime({
    ...{ store, schedules, workers },
    queue: { default: createMemoryQueue(), analysis: createMemoryQueue() },
    notifier: createMemoryNotifier(),
    clock: systemClock,
    sealer: createSealer("a key for tests, 32 bytes or more"),
    logger,
  })
  const analyses = createMemoryAnalyses({ runtime, store, repositories })
  const options: HttpAdapterOptions = {
    ...{ analyses, jobEvents: store },
    client: runtime.client,
    repositories,
    statistics: createFixedStatistics(repositories),
    definitions,
    workers,
    paused: () => store.paused(),
    parseRepositoryUrl,
  }
  return { store, repositories, runtime, analyses, options }
}

export function aSnapshot(): Snapshot {
  return {
    id: 1,
    number: 1,
    commit: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    branch: "main",
    publishedAt: new Date("2026-11-22T06:00:00Z"),
    totals: { commits: 12, mergeCommits: 1, contributors: 2, files: 3, lines: 120, additions: 130, deletions: 10 },
  }
}
