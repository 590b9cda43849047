import type { Analysis, AnalysisState, Job } from "@assay/core"

/** How far an analysis is, 0 to 100: what the older API said of each word, refined by what is known. Never goes back. */
export function analysisProgress(analysis: Analysis, job: Job | undefined): number {
  switch (analysis.state) {
    case "queued":
      return 0
    case "parsing":
      return 25 + (byPotpieStatus[analysis.potpieStatus ?? ""] ?? 0)
    case "ready":
      return 50
    case "processing_conversations":
      return 75 + share(job)
    case "finished":
      return 100
    case "failed":
      // Where it stopped.
      return byStage[job?.stage ?? ""] ?? (analysis.potpieProjectId === undefined ? 0 : 25)
  }
}

// In the order in which Potpie goes through them; each counts for as much of the quarter as it roughly takes.
const byPotpieStatus: Readonly<Record<string, number>> = {
  created: 2,
  cloned: 5,
  parsed: 12,
  processing: 15,
  inferring: 20,
}

const byStage: Readonly<Record<string, number>> = { parsing: 25, ready: 50, processing_conversations: 75 }

function share(job: Job | undefined): number {
  const { done, total } = job?.progress ?? {}
  if (done === undefined || total === undefined || total <= 0) return 0
  return Math.floor(Math.min(1, Math.max(0, done / total)) * 24)
}

/** What the older API said of a request for an analysis, and of one that is on its way already. */
export function analyzeMessage(state: AnalysisState, deduplicated: boolean): string {
  if (!deduplicated) return "Repository analysis queued. Connect to WebSocket for real-time updates."
  if (state === "finished") return "This question was asked before, and is answered. GET its status for the answer."
  if (state === "failed") return "This question was asked before under this Idempotency-Key, and failed."
  return `The same question is ${state} already, and this is that analysis. Connect to WebSocket for real-time updates.`
}
