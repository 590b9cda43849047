// A service whose analyses answer by themselves, as a program: what is watched is real, only Potpie is not.
import {
  createMemoryJobStore,
  createMemoryNotifier,
  createMemoryQueue,
  createMemoryRepositoryStore,
  createMemoryWorkerRegistry,
  createRuntime,
  createSealer,
  defineJob,
} from "@assay/core"
import { createAuthorize, createHttpServer, readAnalysisData } from "@assay/http-adapter"
import { analysisWords, createEventHub, createPresenter, wsAdapter } from "@assay/ws-adapter"
import { z } from "zod"

const text = z.string()
const analyze = defineJob({
  type: "repository.analyze",
  queue: "analysis",
  input: z.object({ repositoryId: z.int(), repo: text, branch: text, question: text.optional() }),
  repository: ({ repositoryId }) => repositoryId,
  onConflict: "allow",
  attempts: 1,
})
const other = (/** @type {string} */ type) => defineJob({ type, input: z.object({ repositoryId: z.int() }) })

const store = createMemoryJobStore()
const repositories = createMemoryRepositoryStore()
const workers = createMemoryWorkerRegistry({ jobs: store })
const notifier = createMemoryNotifier()
const runtime = createRuntime({
  ...{ store, notifier, workers },
  queue: { default: createMemoryQueue(), analysis: createMemoryQueue() },
  sealer: createSealer("a key for tests, 32 bytes or more"),
})
const { client } = runtime
const apiKeys = (process.env["ASSAY_API_KEYS"] ?? "").split(",").filter((key) => key !== "")

runtime.worker.handle(analyze, async (context) => {
  const { repo } = context.input
  await context.stage("parsing")
  if (repo === "org/waits") return context.defer("1h")
  if (repo === "org/private" && (await context.secret("token")) !== process.env["EXPECTED_TOKEN"]) {
    throw Object.assign(new Error("That token is not the one."), { code: "GIT_AUTH", retryable: false })
  }
  if (repo === "org/fails") {
    throw Object.assign(new Error("Potpie could not parse it. \u001b[31m"), {
      code: "POTPIE_PARSE_FAILED",
      retryable: false,
    })
  }
  await context.stage("ready")
  await context.stage("processing_conversations")
})

/** @param {any} [more] */
const snippet = (more) => ({
  nodeId: "src/lamp.ts:1-1",
  filePath: "src/lamp.ts",
  code: "export const lamp = [1,2,]\n",
  ...{ lineStart: 1, lineEnd: 1, tags: [], description: "The lamp.", verification: "verbatim", remark: undefined },
  ...more,
})
const snippets = [
  snippet(),
  snippet({
    nodeId: "src/off.ts:1-1",
    filePath: "src/off.ts",
    verification: "missing",
    remark: "No such file.\u001b[2J",
  }),
  snippet({ nodeId: "the idea", filePath: undefined, code: undefined, verification: "unchecked" }),
]

/** @param {any} job */
function toAnalysis(job) {
  const finished = job.state === "succeeded"
  return {
    ...{ id: job.id, tenant: job.tenant, repositoryId: job.repositoryId, ...job.input },
    state: finished ? "finished" : ["failed", "cancelled"].includes(job.state) ? "failed" : (job.stage ?? "queued"),
    ...{ createdAt: job.createdAt, finishedAt: job.finishedAt, failure: job.failure },
    answer: finished
      ? {
          response: `About ${job.input.repo}: ${job.input.question ?? "a lamp, and a switch."}`,
          snippetsCount: snippets.length,
          verification: { verbatim: 1, differs: 0, missing: 1, unchecked: 1 },
          metadata: {},
          processingTimeMs: 1,
        }
      : undefined,
  }
}

/** @type {any} */
const analyses = {
  ...{ configured: true, queueName: "potpie-analysis", maxConcurrency: 5, maxAttempts: 1 },
  /** @param {any} request */
  async request({ repo, branch = "main", question, token }) {
    const found = { tenant: "default", url: `https://github.com/${repo}`, key: repo, name: repo, trusted: false }
    const known = (await repositories.list({ tenant: "default", limit: 100, offset: 0 })).find(
      ({ key }) => key === repo,
    )
    const { id: repositoryId } = known ?? (await repositories.create(found))
    const input = { repositoryId, repo, branch, ...(question && { question }) }
    const { id, deduplicated } = await client.enqueue(analyze, input, token ? { secrets: { token } } : {})
    return { id, repositoryId, deduplicated }
  },
  find: async (/** @type {any} */ id) => {
    const job = await store.get(id)
    return job && toAnalysis(job)
  },
  list: async () => ({ analyses: (await store.list()).jobs.map(toAnalysis), cursor: undefined }),
  snippets: async () => snippets,
  queuePosition: async () => 1,
  statistics: async () => ({ waiting: 0, active: 0, completed: 0, failed: 0, total: 0 }),
  potpie: async () => "connected",
}

const hub = createEventHub({
  ...{ reader: store, notifier },
  present: createPresenter({
    "repository.analyze": analysisWords({
      data: (job) => readAnalysisData(analyses, { id: job.id, tenant: job.tenant }),
    }),
  }),
})
const server = await createHttpServer({
  ...{ client, repositories, workers, analyses, apiKeys },
  statistics: /** @type {any} */ ({}),
  definitions: {
    index: other("repository.index"),
    update: other("repository.update"),
    delete: other("repository.delete"),
  },
  parseRepositoryUrl: (url) => ({ url, key: url, name: url }),
  extend: async (app) => {
    await app.register(wsAdapter, { hub, authorize: createAuthorize({ apiKeys }) })
  },
})
await runtime.start()
console.log(await server.listen({ host: "127.0.0.1", port: Number(process.env["PORT"] ?? 0) }))

process.once("SIGTERM", async () => {
  await server.close()
  await runtime.stop({ graceMs: 0 })
})
