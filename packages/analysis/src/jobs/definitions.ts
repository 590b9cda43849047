import { createHash } from "node:crypto"
import { defineJob } from "@assay/core"
import type { JobDefinition } from "@assay/core"
import { z } from "zod"

export { analysisPercent, analysisProgress, analysisState, analysisStatusWords } from "./analysis-state.js"
export type { AnalysisStage } from "./analysis-state.js"

/**
 * What may be asked about a repository. Apart from the handler, so that a process that only asks imports no client of Potpie.
 */

const input = z.strictObject({
  repositoryId: z.int().positive(),
  /** `owner/repo`, as Potpie knows it. */
  repo: z.string().min(1).max(300),
  branch: z.string().min(1).max(1_000),
  /** Left out: the built-in prompt, which asks for the architecture. */
  question: z.string().min(1).max(100_000).optional(),
})

const snippet = z.object({
  node_id: z.string(),
  file_path: z.string().nullable(),
  code: z.string().nullable(),
  tags: z.array(z.string()),
  description: z.string().nullable(),
  line_start: z.int().nullable(),
  line_end: z.int().nullable(),
  verification: z.enum(["verbatim", "differs", "missing", "unchecked"]),
  remark: z.string().nullable(),
})

/** What the older API's clients get as `data` of `analysis_complete`; `commit`, `verification` and what snippets say of it are new. */
const result = z.object({
  /** The id of the job. */
  project_id: z.string(),
  potpie_project_id: z.string(),
  repo: z.string(),
  branch: z.string(),
  /** Null where Potpie was given the branch only. */
  commit: z.string().nullable(),
  parsed_by: z.enum(["commit", "branch"]),
  snippets: z.array(snippet),
  snippets_count: z.int(),
  analysis_response: z.json(),
  /** How many snippets came out as what. */
  verification: z.object({ verbatim: z.int(), differs: z.int(), missing: z.int(), unchecked: z.int() }),
  /** What the answer said about itself, and what we know about it. */
  metadata: z.looseObject({
    parsed_at: z.string(),
    total_nodes_found: z.int(),
    processed_nodes: z.int(),
    has_github_token: z.boolean(),
    processing_time_ms: z.number(),
    job_id: z.string(),
  }),
})

export type AnalysisInput = z.output<typeof input>
export type AnalysisResult = z.output<typeof result>

export interface AnalyzeRepositoryOptions {
  /** How many may be in progress at once over all workers, those that wait for Potpie included. Default 5. */
  maxConcurrency?: number
  /** Attempts in all. Default: what the runtime says. */
  attempts?: number
}

export const defaultMaxConcurrency = 5

/**
 * Puts a question about one branch of one repository to Potpie, and keeps its checked answer. A question that is being answered
 * already is joined. Takes the secret `token`, for our own mirror of a private repository.
 */
export function defineAnalyzeRepository(
  options: AnalyzeRepositoryOptions = {},
): JobDefinition<AnalysisInput, AnalysisResult> {
  const { maxConcurrency = defaultMaxConcurrency, attempts } = options
  if (!Number.isSafeInteger(maxConcurrency) || maxConcurrency < 1) {
    throw new RangeError(`maxConcurrency must be a whole number of 1 or more, and is ${maxConcurrency}.`)
  }
  return defineJob({
    type: "repository.analyze",
    queue: "analysis",
    input,
    result,
    repository: ({ repositoryId }) => repositoryId,
    conflictKey,
    onConflict: "join",
    // What Potpie is asked to parse at once has to end somewhere, too: those that wait for it count.
    limits: { inProgress: maxConcurrency },
    backoff: { baseMs: 5_000 },
    // Of one attempt: a first fetch of a large repository, or one answer.
    timeout: "1h",
    // A process that is stopped by force, by whoever restarts it a few times in a row, is not the fault of the analysis.
    crashes: 10,
    ...(attempts === undefined ? {} : { attempts }),
  })
}

/** With the default limit. */
export const analyzeRepository = defineAnalyzeRepository()

/** A digest, because a question may be longer than an entry of an index. */
function conflictKey({ repositoryId, branch, question }: AnalysisInput): string {
  const what = JSON.stringify([branch, question ?? null])
  return `analysis:${repositoryId}:${createHash("sha256").update(what).digest("hex")}`
}
