import type { Analyses, AnalysisAnswer, JobId, Json, Snippet } from "@assay/core"
import { z } from "zod"
import { snippetSchema, toSnippetView } from "./analysis-view.js"

export const analysisDataSchema = z.object({
  project_id: z.string(),
  repo: z.string(),
  branch: z.string(),
  snippets: z.array(snippetSchema),
  snippets_count: z.int(),
  analysis_response: z.unknown().describe("What was said in prose, or the architecture as an object."),
  metadata: z
    .looseObject({
      parsed_at: z.string().nullable().describe("When it was answered."),
      total_nodes_found: z.int(),
      processed_nodes: z.int().describe("Those that name a file and were looked up in it."),
      processing_time_ms: z.number(),
      job_id: z.string().nullable(),
    })
    .describe("What the answer said about itself, and what is known of it."),
})

/** What clients of the older API get of a finished analysis: `data` of `analysis_complete` and of `GET /status/:projectId`. */
export type AnalysisData = z.output<typeof analysisDataSchema>

export interface AnsweredQuestion {
  /** As the caller knows it. */
  readonly projectId: string
  readonly repo: string
  readonly branch: string
  readonly answer: AnalysisAnswer
  readonly snippets: readonly Snippet[]
  /** What is known beside the answer. */
  readonly facts?: Readonly<Record<string, Json>>
  readonly jobId?: JobId
  readonly answeredAt?: Date | undefined
}

export function toAnalysisData(answered: AnsweredQuestion): AnalysisData {
  const { projectId, repo, branch, answer, snippets, jobId, answeredAt } = answered
  return {
    project_id: projectId,
    repo,
    branch,
    snippets: snippets.map(toSnippetView),
    snippets_count: answer.snippetsCount,
    analysis_response: answer.response,
    metadata: {
      ...answer.metadata,
      ...answered.facts,
      verification: { ...answer.verification },
      parsed_at: answeredAt?.toISOString() ?? null,
      total_nodes_found: answer.snippetsCount,
      processed_nodes: answer.snippetsCount - answer.verification.unchecked,
      processing_time_ms: answer.processingTimeMs,
      job_id: jobId ?? null,
    },
  }
}

/**
 * The data of a finished analysis, `undefined` for any other. For whoever tells it elsewhere than over HTTP:
 * `createPresenter` of `@assay/ws-adapter` takes it for `analysis_complete`.
 */
export async function readAnalysisData(
  analyses: Pick<Analyses, "find" | "snippets">,
  { id, tenant }: { id: string; tenant: string },
): Promise<AnalysisData | undefined> {
  const analysis = await analyses.find(id, tenant)
  if (analysis?.state !== "finished" || !analysis.answer) return undefined
  return toAnalysisData({
    projectId: analysis.id,
    jobId: analysis.id,
    repo: analysis.repo,
    branch: analysis.branch,
    answer: analysis.answer,
    snippets: await analyses.snippets(analysis.id, tenant),
    answeredAt: analysis.finishedAt,
    facts: {
      potpie_project_id: analysis.potpieProjectId ?? null,
      commit: analysis.commit ?? null,
      question: analysis.question ?? null,
      has_github_token: analysis.hasToken,
    },
  })
}
