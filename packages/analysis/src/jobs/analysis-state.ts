import type { AnalysisState, Job } from "@assay/core"

/** What a job of this package is doing, in this order. */
export type AnalysisStage = "parsing" | "ready" | "processing_conversations"

/** What people are told of each state, by the words of the older API. */
export const analysisStatusWords = {
  queued: "Analysis queued, waiting for a worker...",
  parsing: "Repository parsing in progress...",
  ready: "Repository parsed, ready for questions",
  processing_conversations: "Generating the analysis...",
  finished: "Analysis completed successfully",
  failed: "Analysis failed",
} as const satisfies Readonly<Record<AnalysisState, string>>

/** How far each state is, out of 100. While a job runs, its progress says it more exactly. */
export const analysisProgress = {
  queued: 0,
  parsing: 25,
  ready: 50,
  processing_conversations: 75,
  finished: 100,
  failed: 0,
} as const satisfies Readonly<Record<AnalysisState, number>>

/**
 * The word of the older API for the state of a job. A job that was put off while Potpie works is where it was; one whose attempt
 * failed is `queued` until it is taken up again.
 */
export function analysisState({ state, stage, failure }: Pick<Job, "state" | "stage" | "failure">): AnalysisState {
  if (state === "succeeded") return "finished"
  if (state === "failed" || state === "cancelled") return "failed"
  const running = isStage(stage) ? stage : "parsing"
  if (state === "running") return running
  // A failure stays on the job: after one, nothing tells a wait for Potpie from the wait for the next attempt.
  return stage === undefined || failure ? "queued" : running
}

/**
 * How far a job is, out of 100: what its state comes to, and more where the job itself says more. A job that has just entered a stage
 * has not said anything yet.
 */
export function analysisPercent(job: Pick<Job, "state" | "stage" | "failure" | "progress">): number {
  const state = analysisState(job)
  const least = analysisProgress[state]
  const { done = 0, unit } = job.progress ?? {}
  const isTold = unit === "percent" && state !== "queued" && state !== "failed" && state !== "finished"
  return isTold ? Math.max(least, done) : least
}

export function isStage(stage: string | undefined): stage is AnalysisStage {
  return stage === "parsing" || stage === "ready" || stage === "processing_conversations"
}
