import type { Analysis, Snippet } from "@assay/core"
import { z } from "zod"
import { verifications } from "../inputs/analysis-parameters.js"
import { failureSchema, jobPath } from "./job-view.js"
import { timeSchema, toTime } from "./time.js"

export const analysisStates = ["queued", "parsing", "ready", "processing_conversations", "finished", "failed"] as const

const counts = z
  .object(Object.fromEntries(verifications.map((name) => [name, z.int()])) as Record<Verification, z.ZodInt>)
  .describe("How many snippets came out as what when they were compared with the code.")

type Verification = (typeof verifications)[number]

export const answerSchema = z.object({
  response: z.unknown().describe("What was said in prose, or the architecture as an object."),
  snippets_count: z.int(),
  verification: counts,
  metadata: z.record(z.string(), z.unknown()),
  processing_time_ms: z.number(),
})

export const analysisSchema = z.object({
  id: z.string().describe("Also of the job that made it."),
  repository_id: z.int(),
  repo: z.string().describe("As it was asked for."),
  branch: z.string(),
  question: z.string().nullable().describe("Null: the built-in one."),
  state: z.enum(analysisStates),
  commit: z.string().nullable().describe("What was parsed, where that could be said beforehand."),
  potpie_project_id: z.string().nullable(),
  potpie_status: z.string().nullable().describe("Potpie's own word for how far it is."),
  created_at: timeSchema,
  finished_at: timeSchema.nullable(),
  answer: answerSchema.nullable(),
  failure: failureSchema.nullable(),
  raw: z.string().nullable().describe("The whole text of an answer that was of no use."),
  links: z.object({
    self: z.string(),
    snippets: z.string(),
    job: z.string(),
    events: z.string(),
    repository: z.string(),
  }),
})

export function toAnalysisView(analysis: Analysis, prefix: string): z.output<typeof analysisSchema> {
  const { id, answer, failure } = analysis
  const self = analysisPath(id, prefix)
  return {
    id,
    repository_id: analysis.repositoryId,
    repo: analysis.repo,
    branch: analysis.branch,
    question: analysis.question ?? null,
    state: analysis.state,
    commit: analysis.commit ?? null,
    potpie_project_id: analysis.potpieProjectId ?? null,
    potpie_status: analysis.potpieStatus ?? null,
    created_at: toTime(analysis.createdAt),
    finished_at: toTime(analysis.finishedAt),
    answer: answer
      ? {
          response: answer.response,
          snippets_count: answer.snippetsCount,
          verification: { ...answer.verification },
          metadata: { ...answer.metadata },
          processing_time_ms: answer.processingTimeMs,
        }
      : null,
    failure: failure
      ? { code: failure.code, message: failure.message, retryable: failure.retryable, hint: failure.hint ?? null }
      : null,
    raw: analysis.raw ?? null,
    links: {
      self,
      snippets: `${self}/snippets`,
      job: jobPath(id, prefix),
      events: `${jobPath(id, prefix)}/events`,
      repository: `${prefix}/api/v1/repositories/${analysis.repositoryId}`,
    },
  }
}

export function analysisPath(id: string, prefix: string): string {
  return `${prefix}/api/v1/analyses/${id}`
}

export const snippetSchema = z.object({
  node_id: z.string().describe("What other parts of the answer call it."),
  file_path: z.string().nullable(),
  code: z.string().nullable().describe("As it was answered, to the last character."),
  line_start: z.int().nullable(),
  line_end: z.int().nullable(),
  tags: z.array(z.string()),
  description: z.string().nullable(),
  verification: z
    .enum(verifications)
    .describe("What became of it when it was looked up in our own mirror, at the commit that was analysed."),
  remark: z.string().nullable().describe("Why it is not `verbatim`, for people."),
})

export function toSnippetView(snippet: Snippet): z.output<typeof snippetSchema> {
  return {
    node_id: snippet.nodeId,
    file_path: snippet.filePath ?? null,
    code: snippet.code ?? null,
    line_start: snippet.lineStart ?? null,
    line_end: snippet.lineEnd ?? null,
    tags: [...snippet.tags],
    description: snippet.description ?? null,
    verification: snippet.verification,
    remark: snippet.remark ?? null,
  }
}
