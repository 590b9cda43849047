import type { Analysis, AnalysisAnswer, Job, JobFailure } from "@assay/core"
import { isFinished } from "@assay/core"
import { analysisState } from "../jobs/analysis-state.js"
import type { AnalysisInput } from "../jobs/definitions.js"
import type { AnalysisRow } from "../rows/analysis-rows.js"

/**
 * An analysis as its row and its job tell it. An answer is the last word. Without one the job knows best: it may have ended without
 * its handler, or have been run again. When retention has forgotten the job, the row says how it ended.
 */
export function toAnalysis(row: AnalysisRow, job: Job | undefined): Analysis {
  const state = row.answered ? "finished" : job ? analysisState(job) : "failed"
  return {
    id: row.id,
    tenant: row.tenant,
    repositoryId: row.repository_id,
    repo: row.repo,
    branch: row.branch,
    question: row.question ?? undefined,
    hasToken: row.has_token,
    state,
    commit: row.parsed_by === "branch" ? undefined : (row.commit ?? undefined),
    potpieProjectId: row.project_id ?? undefined,
    potpieStatus: row.project_status ?? undefined,
    createdAt: row.created_at,
    finishedAt: finishedAt(row, { job, state }),
    answer: row.answered ? toAnswer(row) : undefined,
    failure: state === "failed" ? (failureOf(job) ?? row.failure ?? forgotten) : undefined,
    raw: state === "failed" ? (row.raw ?? undefined) : undefined,
  }
}

/** One whose job was asked for in another way, and was not begun: there is no row yet. */
export function toUnbegunAnalysis(job: Job): Analysis {
  const { repositoryId, repo, branch, question } = job.input as unknown as AnalysisInput
  const state = analysisState(job)
  return {
    id: job.id,
    tenant: job.tenant,
    ...{ repositoryId, repo, branch, question, state },
    hasToken: Object.hasOwn(job.secrets, "token"),
    ...{ commit: undefined, potpieProjectId: undefined, potpieStatus: undefined },
    createdAt: job.createdAt,
    finishedAt: job.finishedAt,
    ...{ answer: undefined, raw: undefined },
    failure: state === "failed" ? failureOf(job) : undefined,
  }
}

function toAnswer(row: AnalysisRow): AnalysisAnswer {
  return {
    response: row.response,
    snippetsCount: row.snippets_count ?? 0,
    verification: row.verification ?? { verbatim: 0, differs: 0, missing: 0, unchecked: 0 },
    metadata: row.metadata ?? {},
    processingTimeMs: row.processing_ms ?? 0,
  }
}

function finishedAt(
  row: AnalysisRow,
  { job, state }: { job: Job | undefined; state: Analysis["state"] },
): Date | undefined {
  if (state !== "finished" && state !== "failed") return undefined
  if (row.answered) return row.finished_at ?? undefined
  return (job && isFinished(job.state) ? job.finishedAt : undefined) ?? row.finished_at ?? undefined
}

function failureOf(job: Job | undefined): JobFailure | undefined {
  if (job?.state === "cancelled") {
    const message = job.cancelReason === undefined ? "The analysis was cancelled." : `Cancelled: ${job.cancelReason}`
    return { code: "JOB_CANCELLED", message, retryable: false }
  }
  return job?.failure
}

const forgotten: JobFailure = {
  code: "JOB_NOT_FOUND",
  message: "The job ended without an answer, and was forgotten since.",
  retryable: false,
}
