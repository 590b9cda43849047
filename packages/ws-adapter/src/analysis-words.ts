import type { Job } from "@assay/core"
import type { StatusWords } from "./present.js"

export interface AnalysisWordsOptions {
  /** What `analysis_complete` carries of a finished job. Default: what the job returned. */
  data?: (job: Job) => unknown
}

/**
 * How the older service spoke of an analysis: `createPresenter({ "repository.analyze": analysisWords({ data }) })`. One of its six
 * words at a time, and none twice in a row: a job that looks again and again whether Potpie is done stays at `parsing`.
 */
export function analysisWords({ data }: AnalysisWordsOptions = {}): StatusWords {
  return {
    running: "parsing",
    stages: {
      parsing: "parsing",
      ready: "ready",
      processing_conversations: "processing_conversations",
    },
    // Whatever follows the question: the answer is read, checked and stored.
    otherStages: "processing_conversations",
    messages: {
      queued: "Analysis queued, waiting for a worker...",
      parsing: "Repository parsing in progress...",
      ready: "Repository parsed, starting the conversation...",
      processing_conversations: "Processing conversations and extracting knowledge...",
      finished: "Analysis completed successfully",
    },
    ...(data && { data }),
  }
}
