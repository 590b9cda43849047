import { AssayError } from "@assay/core"
import type { HandlerContext, Job, Repository, Transaction } from "@assay/core"
import type { PotpieClient } from "@assay/potpie-client"
import { updateAnalysis } from "../rows/analysis-rows.js"
import type { AnalysisChange, AnalysisRow } from "../rows/analysis-rows.js"
import { settleMessage } from "../rows/message-rows.js"
import type { MessageState } from "../rows/message-rows.js"
import type { AnalysisStage } from "./analysis-state.js"
import type { HandlerSettings } from "./create-analysis-handler.js"
import type { AnalysisInput, AnalysisResult } from "./definitions.js"
import { toJobFailure } from "./job-failure.js"

/** Where one attempt stands. */
export interface AnalysisAttempt {
  readonly context: HandlerContext<AnalysisInput, AnalysisResult>
  readonly settings: HandlerSettings
  readonly repository: Repository
  /** As it is after the last write. */
  row: AnalysisRow
  /** The stage that was announced last. */
  stage: string | undefined
  /** May read the repository. Must not be in anything that is kept. */
  readonly token: string | undefined
  /** The failure of this attempt is written down already. */
  noted: boolean
}

/** An attempt that can ask Potpie. */
export interface AnalysisRun extends AnalysisAttempt {
  readonly potpie: PotpieClient
}

/** However long a server asks to be left alone. */
export const longestPostponementMs = 15 * 60_000

/** Writes to the row, if this attempt still owns the job. */
export async function writeRow(run: AnalysisAttempt, change: AnalysisChange): Promise<void> {
  run.row = await run.context.transaction((transaction) => changeRow(run, transaction, change))
}

/** @throws AssayError `REPOSITORY_NOT_FOUND`: a row goes with its repository only */
export async function changeRow(
  { context }: Pick<AnalysisAttempt, "context">,
  transaction: Transaction,
  change: AnalysisChange,
): Promise<AnalysisRow> {
  const row = await updateAnalysis(transaction, context.jobId, { ...change, fence: context.fence })
  if (!row) throw repositoryGone(context.input.repositoryId)
  return row
}

export function repositoryGone(repositoryId: number): AssayError {
  return new AssayError("REPOSITORY_NOT_FOUND", `There is no repository ${repositoryId} any more.`)
}

const order: readonly AnalysisStage[] = ["parsing", "ready", "processing_conversations"]

/** Announces a stage, unless the job has come so far already: a wait for Potpie is many attempts, and one stage. */
export async function enterStage(run: AnalysisAttempt, stage: AnalysisStage): Promise<void> {
  const reached = order.indexOf(run.stage as AnalysisStage)
  if (reached < order.indexOf(stage)) {
    await run.context.stage(stage)
    run.stage = stage
  }
  if (run.row.stage !== run.stage) await writeRow(run, { stage: run.stage ?? null })
}

/** Out of 100, as `analysisProgress` has it for the stages. */
export function reportProgress({ context }: AnalysisAttempt, percent: number): void {
  context.progress(percent, 100, "percent")
}

/** What becomes of a message together with the failure of its analysis. */
export interface FailedMessage {
  number: number
  state: MessageState & ("failed" | "uncertain")
  raw?: string | undefined
}

/**
 * Writes down why an attempt failed; for good, if nothing is won by another one. Together with what became of its message: between
 * the two, a crash would let the next attempt ask again.
 */
export async function noteFailure(run: AnalysisAttempt, error: unknown, message?: FailedMessage): Promise<void> {
  const failure = toJobFailure(error, run.token)
  const { jobId: analysisId } = run.context
  run.row = await run.context.transaction(async (transaction) => {
    if (message) {
      const { number, state, raw } = message
      await settleMessage(transaction, { analysisId, number, state, text: raw, failureCode: failure.code })
    }
    return changeRow(run, transaction, {
      failure,
      ...(message?.raw === undefined ? {} : { raw: message.raw }),
      ...(failure.retryable ? {} : { finished_at: "now" }),
    })
  })
  run.noted = true
}

/** A job that has been through stages, and is in none: somebody has let it run again after it had ended. */
export function wasRedriven(job: Pick<Job, "stage"> | undefined, row: AnalysisRow): boolean {
  return job !== undefined && job.stage === undefined && row.stage !== null
}
