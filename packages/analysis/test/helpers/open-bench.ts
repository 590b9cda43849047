import { setTimeout } from "node:timers/promises"
import { AssayError, createClient, createRuntime, createSealer } from "@assay/core"
import type {
  Analyses,
  Client,
  HandlerContext,
  Job,
  JobId,
  JobReader,
  JobStore,
  RepositoryStore,
  Runtime,
  RuntimeOptions,
} from "@assay/core"
import { createFakePotpie } from "@assay/potpie-client/testing"
import type { PotpieClient } from "@assay/potpie-client"
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
import type { AnalysisHandlerOptions, AnalysisResult } from "../../src/index.js"
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
  /** Analyses in progress at once. Default 5. */
  maxConcurrency?: number
  requestTimeoutMs?: number
  /** Default 30,000. */
  leaseMs?: number
}

/** Called at moments of an analysis. What throws there stands for whatever may go wrong there. */
export interface Moments {
  afterParse?: () => unknown
  beforeAsk?: () => unknown
  afterAsk?: () => unknown
  /** Before a worker writes that a job has failed. */
  beforeFail?: () => unknown
  /** Before a worker says that it is alive. */
  beforeHeartbeat?: () => unknown
}

export type Interference = (context: HandlerContext<never, never>) => Partial<HandlerContext<never, never>>

/** Everything that an analysis needs, real but for Potpie, whose server is a faithful fake. */
export interface Bench extends AsyncDisposable {
  database: PostgresDatabase
  store: JobStore & JobReader
  repositories: RepositoryStore
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
  /** The job, as soon as it is like that. */
  waitFor(id: JobId, fact: (job: Job) => boolean): Promise<Job>
  result(id: JobId): Promise<AnalysisResult>
  stages(id: JobId): Promise<string[]>
  messages(id: JobId): Promise<{ number: number; state: string; text: string | null; failure_code: string | null }[]>
  /** Stops the runtime, and starts another one on the same database. */
  restart(options?: { graceMs?: number }): Promise<void>
  stop(graceMs?: number): Promise<void>
  start(): Promise<void>
  at: Moments
  /** What a crash is: nothing of this runtime is written any more. Starts another one, and throws. */
  die(): Promise<never>
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
  const { maxConcurrency = 5 } = options
  const definition = defineAnalyzeRepository({ maxConcurrency, attempts: options.attempts ?? 3 })
  const quick = { ...definition, backoff: { baseMs: 1, maxMs: 5 } }
  const potpie = createPotpie({ apiKey: fake.apiKey, baseUrl: fake.url, requestTimeoutMs: options.requestTimeoutMs })
  let interference: Interference | undefined
  const at: Moments = {}
  const dead: Runtime[] = []
  let life = { over: false }

  async function startRuntime(): Promise<Runtime> {
    const own = (life = { over: false })
    const started = createRuntime({
      ...parts,
      store: mortal(store, own, at),
      queue: { analysis: parts.queue },
      sealer,
      busyEveryMs: 20,
      ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
      ...options.runtime,
    })
    const handler = createAnalysisHandler({
      ...{ database: mortal(database, own), jobs: mortal(store, own), repositories, source },
      potpie: withMoments(potpie!, at),
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
  // Lives longer than any worker, as an API process does.
  const client = createClient({ store, sealer, notifier: parts.notifier, queue: { analysis: parts.queue } })
  const analyses = createAnalyses({
    ...{ database, store, reader: store, repositories, definition: quick, potpie, client },
    parseRepositoryUrl: (text) => {
      const name = text.replace(/^https:\/\/github\.com\//, "")
      return { url: `https://github.com/${name}`, key: `github.com/${name}`, name }
    },
    queueName: "potpie-analysis",
    maxConcurrency,
    maxAttempts: 3,
    sweep: () => runtime.recovery.sweep(),
  })

  const bench: Bench = {
    at,
    async die() {
      life.over = true
      for (const moment of Object.keys(at)) delete at[moment as keyof Moments]
      interference = undefined
      dead.push(runtime)
      void runtime.stop({ graceMs: 0 })
      runtime = await startRuntime()
      throw new Error("The process was killed here.")
    },
    ...{ database, store, repositories, fake, source, analyses, client, commit, definition: quick },
    get runtime() {
      return runtime
    },
    async ask({ repo = "acme/orders", ...request } = {}) {
      return (await analyses.request({ repo, ...request }, { tenant: "default" })).id
    },
    async ended(id) {
      await client
        .job(id)
        .result({ signal: AbortSignal.timeout(25_000) })
        .catch(() => {})
      return (await store.get(id))!
    },
    async waitFor(id, fact) {
      for (let tries = 0; tries < 2_000; tries++) {
        const job = await store.get(id)
        if (job && fact(job)) return job
        await setTimeout(5)
      }
      throw new Error(`Waited in vain. The job is ${JSON.stringify(await store.get(id))}.`)
    },
    result: (id) => client.job<AnalysisResult>(id).result({ signal: AbortSignal.timeout(25_000) }),
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
      await Promise.all([...dead, runtime].map((each) => each.stop({ graceMs: 0 })))
      await parts.queue.close()
      await parts.notifier.close()
      await database.close()
      await fake.close()
      await source[Symbol.asyncDispose]()
    },
  }
  return bench
}

/** As long as its process lives. Then every call fails. */
function mortal<Part extends object>(part: Part, life: { over: boolean }, at: Moments = {}): Part {
  return new Proxy(part, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown
      if (typeof member !== "function") return member
      return async (...args: unknown[]) => {
        const isFailure = (args[0] as { transition?: string }[] | undefined)?.[0]?.transition === "fail"
        if (name === "apply" && isFailure) await at.beforeFail?.()
        if (name === "heartbeat") await at.beforeHeartbeat?.()
        if (life.over) throw new AssayError("UNAVAILABLE", "The process is gone.", { retryable: true })
        const result: unknown = await (member as (...given: unknown[]) => unknown).apply(target, args)
        if (life.over) throw new AssayError("UNAVAILABLE", "The process is gone.", { retryable: true })
        return result
      }
    },
  })
}

function withMoments(potpie: PotpieClient, at: Moments): PotpieClient {
  return {
    ...potpie,
    async parse(...args) {
      const parsed = await potpie.parse(...args)
      await at.afterParse?.()
      return parsed
    },
    ask: (async (input: Parameters<PotpieClient["ask"]>[0]) => {
      await at.beforeAsk?.()
      const answer = await potpie.ask(input)
      await at.afterAsk?.()
      return answer
    }) as PotpieClient["ask"],
  }
}
