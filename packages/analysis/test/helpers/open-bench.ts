import { createRuntime, createSealer } from "@assay/core"
import type {
  Analyses,
  Client,
  HandlerContext,
  Job,
  JobId,
  JobReader,
  JobStore,
  Runtime,
  RuntimeOptions,
} from "@assay/core"
import { createFakePotpie } from "@assay/potpie-client/testing"
import type { FakePotpie, FakePotpieOptions } from "@assay/potpie-client/testing"
import { migrate, openDatabase, openJobParts } from "@assay/postgres"
import type { JobParts, PostgresDatabase } from "@assay/postgres"
import {
  analysisMigrations,
  createAnalyses,
  createAnalysisHandler,
  createPotpie,
  defineAnalyzeRepository,
} from "../../src/index.js"
import type { AnalysisHandlerOptions, AnalysisJobReader, AnalysisResult } from "../../src/index.js"
import { files } from "./answers.js"
import { createGitSource } from "./git-source.js"
import type { GitSource } from "./git-source.js"

export interface BenchOptions {
  fake?: FakePotpieOptions
  handler?: Partial<AnalysisHandlerOptions>
  /** Default: in memory. */
  databaseUrl?: string
  runtime?: Partial<RuntimeOptions>
  attempts?: number
  /** Default 30,000. */
  leaseMs?: number
}

export type Interference = (context: HandlerContext<never, never>) => Partial<HandlerContext<never, never>>

/** Everything that an analysis needs, real but for Potpie, whose server is a faithful fake. */
export interface Bench extends AsyncDisposable {
  database: PostgresDatabase
  store: JobStore & JobReader
  fake: FakePotpie
  source: GitSource
  analyses: Analyses
  client: Client
  runtime: Runtime
  /** The commit of the branch main. */
  commit: string
  definition: ReturnType<typeof defineAnalyzeRepository>
  ask(request?: { question?: string; token?: string; repo?: string; branch?: string }): Promise<JobId>
  /** Waits for the job's end. */
  ended(id: JobId): Promise<Job>
  result(id: JobId): Promise<AnalysisResult>
  stages(id: JobId): Promise<string[]>
  messages(id: JobId): Promise<{ number: number; state: string; text: string | null; failure_code: string | null }[]>
  /** Stops the runtime, and starts another one on the same database. */
  restart(options?: { graceMs?: number }): Promise<void>
  stop(graceMs?: number): Promise<void>
  start(): Promise<void>
  /** Stands between the handler and its context, until the next call. */
  interfere(change: Interference | undefined): void
}

export async function openBench(options: BenchOptions = {}): Promise<Bench> {
  const fake = await createFakePotpie(options.fake)
  const source = await createGitSource()
  const commit = await source.commit(files)
  const database = await openDatabase(options.databaseUrl ?? "memory:")
  const parts: JobParts = await openJobParts(database)
  await migrate(database, analysisMigrations)
  const { store, repositories } = parts
  const definition = defineAnalyzeRepository({ maxConcurrency: 5, attempts: options.attempts ?? 3 })
  const quick = { ...definition, backoff: { baseMs: 1, maxMs: 5 } }
  const potpie = createPotpie({ apiKey: fake.apiKey, baseUrl: fake.url })
  let interference: Interference | undefined

  async function startRuntime(): Promise<Runtime> {
    const started = createRuntime({
      ...parts,
      queue: { analysis: parts.queue },
      sealer,
      busyEveryMs: 20,
      ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
      ...options.runtime,
    })
    const handler = createAnalysisHandler({
      ...{ potpie, database, jobs: store, repositories, source },
      polling: { first: 5, max: 20 },
      unauthorizedPause: 5,
      lateAnswer: 300,
      ...options.handler,
    })
    started.worker.handle(quick, (context) =>
      handler(interference ? { ...context, ...(interference(context as never) as object) } : context),
    )
    await started.start()
    return started
  }

  const sealer = createSealer("sixteen bytes or more")
  let runtime = await startRuntime()
  const reader: AnalysisJobReader = {
    get: (id) => store.get(id),
    counts: (query) => store.counts(query),
    ahead: async () => undefined,
  }
  const client = runtime.client
  const analyses = createAnalyses({
    ...{ database, store, reader, repositories, definition: quick, potpie },
    get client() {
      return runtime.client
    },
    parseRepositoryUrl: (text) => {
      const name = text.replace(/^https:\/\/github\.com\//, "")
      return { url: `https://github.com/${name}`, key: `github.com/${name}`, name }
    },
    queueName: "potpie-analysis",
    maxConcurrency: 5,
    maxAttempts: 3,
    sweep: () => runtime.recovery.sweep(),
  })

  const bench: Bench = {
    ...{ database, store, fake, source, analyses, client, commit, definition: quick },
    get runtime() {
      return runtime
    },
    async ask({ repo = "acme/orders", ...request } = {}) {
      return (await analyses.request({ repo, ...request }, { tenant: "default" })).id
    },
    async ended(id) {
      await runtime.client
        .job(id)
        .result({ signal: AbortSignal.timeout(15_000) })
        .catch(() => {})
      return (await store.get(id))!
    },
    result: (id) => runtime.client.job<AnalysisResult>(id).result({ signal: AbortSignal.timeout(15_000) }),
    async stages(id) {
      const events = await store.events(id)
      return events.flatMap(({ type, data }) => (type === "job.stage" ? [data.stage!] : []))
    },
    messages: (id) =>
      database.query(
        "select number, state, text, failure_code from assay.analysis_messages where analysis_id = $1 order by number",
        [id],
      ),
    stop: (graceMs = 0) => runtime.stop({ graceMs }),
    async start() {
      runtime = await startRuntime()
    },
    async restart({ graceMs = 0 } = {}) {
      await bench.stop(graceMs)
      await bench.start()
    },
    interfere: (change) => void (interference = change),
    async [Symbol.asyncDispose]() {
      await runtime.stop({ graceMs: 0 })
      await parts.queue.close()
      await parts.notifier.close()
      await database.close()
      await fake.close()
      await source[Symbol.asyncDispose]()
    },
  }
  return bench
}
