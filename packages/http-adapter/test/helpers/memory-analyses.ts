import { defineJob, isJobId } from "@assay/core"
import type {
  Analyses,
  Analysis,
  AnalysisAnswer,
  AnalysisState,
  HandlerContext,
  Job,
  JobId,
  JobReader,
  RepositoryStore,
  Runtime,
  Snippet,
} from "@assay/core"
import { z } from "zod"
import { notConfigured } from "../../src/unconfigured-analyses.js"
import { parseRepositoryUrl } from "./parse-repository-url.js"

export const analyze = defineJob({
  type: "repository.analyze",
  queue: "analysis",
  input: z.object({
    repositoryId: z.int(),
    repo: z.string(),
    branch: z.string(),
    question: z.string().optional(),
  }),
  result: z.unknown(),
  repository: ({ repositoryId }) => repositoryId,
  conflictKey: ({ repositoryId, branch, question }) => `${repositoryId} ${branch} ${question ?? ""}`,
  attempts: 3,
  backoff: { baseMs: 1, maxMs: 1 },
})

export type AnalyzeContext = HandlerContext<{ repositoryId: number; repo: string; branch: string }, unknown>

/** What a handler of the tests says of its analysis. */
export interface Notes {
  potpieProjectId?: string
  potpieStatus?: string
  commit?: string
  answer?: AnalysisAnswer
  snippets?: readonly Snippet[]
  raw?: string
}

export interface MemoryAnalyses extends Analyses {
  /** By the id of the analysis. */
  readonly notes: Map<JobId, Notes>
  /** Of every request, as it arrived. */
  readonly requested: Parameters<Analyses["request"]>[0][]
  /** What `ask` was asked. */
  readonly asked: { projectId: string; repo?: string | undefined; branch?: string | undefined }[]
  state: "connected" | "disconnected" | "unconfigured"
  /** How often Potpie itself was looked at. */
  lookedAt: number
}

interface Parts {
  runtime: Runtime
  store: JobReader
  repositories: RepositoryStore
}

/** Analyses over real jobs, whose answers are what a test's handler noted. */
export function createMemoryAnalyses({ runtime, store, repositories }: Parts, configured = true): MemoryAnalyses {
  const notes = new Map<JobId, Notes>()
  const requested: MemoryAnalyses["requested"] = []
  const asked: MemoryAnalyses["asked"] = []

  function toAnalysis(job: Job): Analysis {
    const noted = notes.get(job.id) ?? {}
    const { repo, branch, question } = job.input as { repo: string; branch: string; question?: string }
    const state = stateOf(job)
    return {
      id: job.id,
      tenant: job.tenant,
      repositoryId: job.repositoryId ?? 0,
      ...{ repo, branch, question, state, hasToken: Object.hasOwn(job.secrets, "token") },
      commit: noted.commit,
      potpieProjectId: noted.potpieProjectId,
      potpieStatus: noted.potpieStatus,
      createdAt: job.createdAt,
      finishedAt: job.finishedAt,
      answer: state === "finished" ? noted.answer : undefined,
      failure: state === "failed" ? job.failure : undefined,
      raw: noted.raw,
    }
  }

  async function jobs(tenant: string): Promise<Job[]> {
    return (await store.list({ tenant, types: [analyze.type], limit: 100 })).jobs.slice()
  }

  const analyses: MemoryAnalyses = {
    ...{ notes, requested, asked, configured, state: "connected", lookedAt: 0 },
    queueName: "potpie-analysis",
    maxConcurrency: 5,
    maxAttempts: 3,
    async request(request, { tenant, ...options }) {
      if (!configured) throw notConfigured()
      requested.push(request)
      const { repo, branch = "main", question, token } = request
      const parsed = parseRepositoryUrl(repo)
      const repository =
        (await repositories.list({ tenant, limit: 100, offset: 0 })).find(({ key }) => key === parsed.key) ??
        (await repositories.create({ ...parsed, tenant, trusted: false }))
      const client = runtime.client.forTenant(tenant)
      const { id, deduplicated } = await client.enqueue(
        analyze,
        { repositoryId: repository.id, repo, branch, ...(question === undefined ? {} : { question }) },
        { ...options, ...(token === undefined ? {} : { secrets: { token } }) },
      )
      return { id, repositoryId: repository.id, deduplicated }
    },
    async find(id, tenant) {
      const own = isJobId(id) ? await store.get(id) : undefined
      const job = own ?? (await jobs(tenant)).find((candidate) => notes.get(candidate.id)?.potpieProjectId === id)
      return job && job.tenant === tenant && job.type === analyze.type ? toAnalysis(job) : undefined
    },
    async list({ tenant, repositoryId, limit = 20, cursor }) {
      const page = await store.list({
        ...{ tenant, types: [analyze.type], limit },
        ...(repositoryId === undefined ? {} : { repositoryId }),
        ...(cursor === undefined ? {} : { cursor }),
      })
      return { analyses: page.jobs.map(toAnalysis), cursor: page.cursor }
    },
    snippets: async (id) => notes.get(id)?.snippets ?? [],
    async queuePosition(id) {
      const job = await store.get(id)
      if (!job || job.state !== "queued" || job.fence > 0) return undefined
      const ahead = (await jobs(job.tenant)).filter(({ state, id: other }) => state === "queued" && other < id)
      return ahead.length + 1
    },
    async statistics(tenant) {
      const states = (await jobs(tenant)).map(stateOf)
      const count = (...of: AnalysisState[]): number => states.filter((state) => of.includes(state)).length
      return {
        waiting: count("queued"),
        active: count("parsing", "ready", "processing_conversations"),
        completed: count("finished"),
        failed: count("failed"),
        total: states.length,
      }
    },
    async potpie() {
      analyses.lookedAt++
      return analyses.state
    },
    async ask(question) {
      asked.push(question)
      if (question.projectId === "unknown") {
        throw Object.assign(new Error("There is no such project."), { code: "POTPIE_NOT_FOUND", retryable: false })
      }
      return { answer: anAnswer(), snippets: someSnippets() }
    },
  }
  return analyses
}

function stateOf(job: Job): AnalysisState {
  switch (job.state) {
    case "succeeded":
      return "finished"
    case "failed":
    case "cancelled":
      return "failed"
    case "running":
      return (job.stage as AnalysisState | undefined) ?? "parsing"
    default:
      // What waits for Potpie has begun, and has spent no attempt.
      return job.fence > 0 && job.attempts === 0 ? "parsing" : "queued"
  }
}

export function anAnswer(): AnalysisAnswer {
  return {
    response: { architecture: "A lamp, and a switch." },
    snippetsCount: 2,
    verification: { verbatim: 1, differs: 0, missing: 0, unchecked: 1 },
    metadata: { model: "gpt", total_nodes_found: 99 },
    processingTimeMs: 1234,
  }
}

export function someSnippets(): Snippet[] {
  return [
    {
      nodeId: "src/lamp.ts:1-2",
      filePath: "src/lamp.ts",
      code: "export const lamp = [1,2,]\n",
      lineStart: 1,
      lineEnd: 2,
      tags: ["lamp"],
      description: "The lamp.",
      verification: "verbatim",
      remark: undefined,
    },
    {
      nodeId: "the idea",
      filePath: undefined,
      code: undefined,
      lineStart: undefined,
      lineEnd: undefined,
      tags: [],
      description: undefined,
      verification: "unchecked",
      remark: "It names no file.",
    },
  ]
}
