import type { EnqueueOptions } from "./client.js"
import type { JobFailure, JobId, Json } from "./job.js"

/**
 * A question put to Potpie about one branch of one repository, and its answer. Kept for as long as its repository, also when
 * its job is forgotten.
 */
export interface Analysis {
  /** The id of the job that made it. */
  readonly id: JobId
  readonly tenant: string
  readonly repositoryId: number
  /** As it was asked for: `owner/repo`. */
  readonly repo: string
  readonly branch: string
  /** `undefined`: the built-in prompt, which asks for the architecture. */
  readonly question: string | undefined
  /** A token came with the request. It is gone since; that there was one is not. */
  readonly hasToken: boolean
  readonly state: AnalysisState
  /** The commit that was parsed, where it could be said beforehand; `undefined` where Potpie was given the branch only. */
  readonly commit: string | undefined
  readonly potpieProjectId: string | undefined
  /** Potpie's own word for how far it is, as it last said it. */
  readonly potpieStatus: string | undefined
  readonly createdAt: Date
  /** When it was answered, failed or was cancelled. */
  readonly finishedAt: Date | undefined
  readonly answer: AnalysisAnswer | undefined
  readonly failure: JobFailure | undefined
  /** The whole text of an answer that was of no use, as it came. */
  readonly raw: string | undefined
}

/** The words of the older API. `queued` also between two attempts. */
export type AnalysisState = "queued" | "parsing" | "ready" | "processing_conversations" | "finished" | "failed"

/** A validated answer. */
export interface AnalysisAnswer {
  /** What was said in prose, or the architecture as an object. Never edited. */
  readonly response: Json
  /** How many there are; they are read by `snippets`. */
  readonly snippetsCount: number
  /** How many snippets came out as what. All kinds are present. */
  readonly verification: Readonly<Record<SnippetVerification, number>>
  /** What the answer said about itself. */
  readonly metadata: Readonly<Record<string, Json>>
  readonly processingTimeMs: number
}

/**
 * What became of a snippet that was looked up in our own mirror, at the commit that was analysed:
 *
 * - `verbatim`: those lines say exactly that
 * - `differs`: the file is there, and says something else at those lines
 * - `missing`: there is no such file, or it has fewer lines
 * - `unchecked`: it names no file or lines, has no code, or there is no mirror of that commit
 */
export type SnippetVerification = "verbatim" | "differs" | "missing" | "unchecked"

/** A piece of code that an answer rests on. */
export interface Snippet {
  /** `src/app.ts:10-42`, or what the answer called it. Other parts of the answer refer to it. */
  readonly nodeId: string
  readonly filePath: string | undefined
  /** As it was answered, to the last character. */
  readonly code: string | undefined
  readonly lineStart: number | undefined
  readonly lineEnd: number | undefined
  readonly tags: readonly string[]
  readonly description: string | undefined
  readonly verification: SnippetVerification
  /** Why it is not `verbatim`, for people; where the text was found instead, if it was. */
  readonly remark: string | undefined
}

export interface AnalysisRequest {
  /** `owner/repo`, or the URL of a repository. */
  readonly repo: string
  /** Default: `main`, as in the older API. */
  readonly branch?: string | undefined
  readonly question?: string | undefined
  /** May read the repository. For our own mirror; sealed at once, dropped when the job ends. */
  readonly token?: string | undefined
}

export interface RequestedAnalysis {
  readonly id: JobId
  readonly repositoryId: number
  /** The same question about the same branch is being answered already; this is that analysis. */
  readonly deduplicated: boolean
}

export interface AnalysisQuery {
  readonly tenant: string
  readonly repositoryId?: number | undefined
  /** 1 to 100. Default 20. */
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
}

export interface AnalysisPage {
  /** Newest first. */
  readonly analyses: readonly Analysis[]
  readonly cursor: string | undefined
}

/** Counted over the jobs that are still known; the parts add up to `total` at every moment. */
export interface AnalysisStatistics {
  /** Not begun, or between two attempts. */
  readonly waiting: number
  /** Being worked on, those that wait for Potpie included. */
  readonly active: number
  readonly completed: number
  /** Those that were cancelled included. */
  readonly failed: number
  readonly total: number
}

/**
 * Where questions are asked and answers are read. The contract stands here so that those who serve it over HTTP know nothing of
 * Potpie.
 */
export interface Analyses {
  /** Whether there is a key for Potpie here. */
  readonly configured: boolean
  /** What an API process calls the queue, for people: `potpie-analysis`. */
  readonly queueName: string
  /** How many analyses may be in progress at once, over all workers. */
  readonly maxConcurrency: number
  /** Attempts in all. */
  readonly maxAttempts: number
  /**
   * Registers the repository if it is not, and asks; both happen or neither. Rejects with `POTPIE_NOT_CONFIGURED` where there is no
   * key, and with what the parser of URLs says of a `repo` that is none.
   */
  request(
    request: AnalysisRequest,
    options: { tenant: string } & Pick<EnqueueOptions, "idempotencyKey">,
  ): Promise<RequestedAnalysis>
  /** By its own id, or by that of Potpie's project (the newest, if there are several). */
  find(id: string, tenant: string): Promise<Analysis | undefined>
  list(query: AnalysisQuery): Promise<AnalysisPage>
  /** In the order of the answer. Empty without one. */
  snippets(id: JobId, tenant: string): Promise<readonly Snippet[]>
  /** How many jobs are claimed before this one, and 1: the next is at 1. `undefined` unless it is queued and was not begun. */
  queuePosition(id: JobId): Promise<number | undefined>
  statistics(tenant: string): Promise<AnalysisStatistics>
  /**
   * Whether Potpie answers, looked up at most once a minute; `unconfigured` without a key. Never rejects.
   */
  potpie(signal?: AbortSignal): Promise<"connected" | "disconnected" | "unconfigured">
  /**
   * Asks about a project that Potpie has already, and waits for the answer; nothing is kept of it but the answer's bill. Rejects
   * with the errors of `@assay/potpie-client`.
   */
  ask(
    question: { projectId: string; repo?: string | undefined; branch?: string | undefined },
    options?: { signal?: AbortSignal },
  ): Promise<{ answer: AnalysisAnswer; snippets: readonly Snippet[] }>
}
