import type { Database, Duration, Handler, JobReader, RepositorySource, RepositoryStore } from "@assay/core"
import { milliseconds } from "@assay/core"
import type { PotpieClient } from "@assay/potpie-client"
import { PotpieError } from "@assay/potpie-client"
import { AnalysisError } from "../errors.js"
import {
  enterStage,
  longestPostponementMs,
  noteFailure,
  reportProgress,
  repositoryGone,
  writeRow,
} from "./analysis-run.js"
import type { AnalysisAttempt, AnalysisRun } from "./analysis-run.js"
import { askOnce } from "./ask-once.js"
import { awaitProject } from "./await-project.js"
import { beginAttempt } from "./begin-attempt.js"
import { beginParse } from "./begin-parse.js"
import type { AnalysisInput, AnalysisResult } from "./definitions.js"
import { findCommit } from "./find-commit.js"
import { finishAnalysis } from "./finish-analysis.js"

export interface AnalysisHandlerOptions {
  /** From `createPotpie`. `undefined`: there is no key, and every job fails with `POTPIE_NOT_CONFIGURED`. */
  potpie: PotpieClient | undefined
  /** That of the job store, migrated with `analysisMigrations`. */
  database: Pick<Database, "query">
  jobs: Pick<JobReader, "get">
  repositories: Pick<RepositoryStore, "get">
  /** Our own copies. Without them Potpie is given branches instead of commits, and snippets stay `unchecked`. */
  source?: RepositorySource | undefined
  /** `CUSTOM_AGENT_ID`. Default, at Potpie: `codebase_qna_agent`. */
  agentId?: string | undefined
  /**
   * What to do about a message of which nobody knows whether it was billed, because its attempt ended in between. `"fail"` (default):
   * the job fails with `ANALYSIS_UNCERTAIN`, and asks again when somebody redrives it. `"ask-again"`: it is sent once more, and billed.
   */
  onUncertain?: "fail" | "ask-again"
  /** Sends the secret `token` to Potpie as well, which ignores it in every known lineage. Default `false`. */
  forwardToken?: boolean
  /** How often Potpie is asked whether it has parsed: at first, and at the longest. Default 2 s and 15 s. */
  polling?: { first?: Duration; max?: Duration }
  /** How long Potpie may take to parse. Default 1 h. */
  parseTimeout?: Duration
  /** How long a worker that is told to stop goes on waiting for an answer, at most. Default 1.5 s. */
  lateAnswer?: Duration
  /** The pause before the one repetition of a call whose key was refused. Default 60 s. */
  unauthorizedPause?: Duration
}

/** The options with all that is left out. */
export interface HandlerSettings extends Pick<AnalysisHandlerOptions, "database" | "source" | "agentId"> {
  readonly onUncertain: "fail" | "ask-again"
  readonly forwardToken: boolean
  readonly polling: { readonly firstMs: number; readonly maxMs: number }
  readonly parseTimeoutMs: number
  readonly lateAnswerMs: number
  readonly unauthorizedPauseMs: number
}

/**
 * The code for `repository.analyze`. It goes through the stages `parsing`, `ready` and `processing_conversations`, with progress out
 * of 100. While Potpie parses it holds no worker. What it has found out is written down at once, so that the next attempt, wherever it
 * runs, goes on from there; the message that is billed is sent once.
 */
export function createAnalysisHandler(options: AnalysisHandlerOptions): Handler<AnalysisInput, AnalysisResult> {
  const settings = toSettings(options)
  return async (context) => {
    const { input, tenant, jobId } = context
    const repository = await options.repositories.get(input.repositoryId, tenant)
    if (!repository) throw repositoryGone(input.repositoryId)
    const job = await options.jobs.get(jobId)
    const row = await beginAttempt(context, job)
    const stage = job?.stage
    const token = await readToken(context)
    const attempt: AnalysisAttempt = { context, settings, repository, row, stage, token, noted: false }
    try {
      await enterStage(attempt, "parsing")
      const { potpie } = options
      if (!potpie) throw new AnalysisError("POTPIE_NOT_CONFIGURED", "There is no key for Potpie here.")
      return await analyze(Object.assign(attempt, { potpie }))
    } catch (error) {
      return context.defer(await postponement(attempt, error))
    }
  }
}

async function analyze(run: AnalysisRun): ReturnType<Handler<AnalysisInput, AnalysisResult>> {
  if (run.row.project_id === null) {
    reportProgress(run, 25)
    await findCommit(run)
    await beginParse(run)
  }
  const waitMs = await awaitProject(run)
  if (waitMs !== undefined) return run.context.defer(waitMs)
  await enterStage(run, "ready")
  reportProgress(run, 50)
  await enterStage(run, "processing_conversations")
  reportProgress(run, 75)
  const answer = await askOnce(run)
  return finishAnalysis(run, answer)
}

/** In every attempt, so that it can be blotted out of whatever is kept. One that cannot be read is as good as none. */
async function readToken(context: AnalysisAttempt["context"]): Promise<string | undefined> {
  if (!context.hasSecret("token")) return undefined
  return context.secret("token").catch((error: unknown) => {
    context.log.warn({ error }, "the token cannot be read; the analysis goes on without it")
    return undefined
  })
}

const mostPostponements = 20

/** How long to wait where that is all there is to do. Otherwise the failure is written down, and thrown again. */
async function postponement(run: AnalysisAttempt, error: unknown): Promise<number> {
  const { context, settings, row } = run
  if (context.signal.aborted) throw error
  if (PotpieError.isInstance(error)) {
    const { code, retryable, retryAfterMs } = error
    if (retryable && retryAfterMs !== undefined && row.postponed < mostPostponements) {
      await writeRow(run, { postponed: row.postponed + 1 })
      return Math.min(retryAfterMs, longestPostponementMs)
    }
    // A server whose database is down takes every key for a wrong one.
    if (code === "POTPIE_AUTH" && !row.unauthorized) {
      await writeRow(run, { unauthorized: true })
      return settings.unauthorizedPauseMs
    }
  }
  if (!run.noted) {
    await noteFailure(run, error).catch((noting: unknown) => {
      context.log.warn({ error: noting }, "could not write down why the analysis failed")
    })
  }
  throw error
}

function toSettings(options: AnalysisHandlerOptions): HandlerSettings {
  const { database, source, agentId, polling = {} } = options
  return {
    ...{ database, source, agentId: agentId === "" ? undefined : agentId },
    onUncertain: options.onUncertain ?? "fail",
    forwardToken: options.forwardToken ?? false,
    polling: { firstMs: milliseconds(polling.first ?? "2s"), maxMs: milliseconds(polling.max ?? "15s") },
    parseTimeoutMs: milliseconds(options.parseTimeout ?? "1h"),
    lateAnswerMs: milliseconds(options.lateAnswer ?? "1500ms"),
    unauthorizedPauseMs: milliseconds(options.unauthorizedPause ?? "60s"),
  }
}
