import { redact } from "@assay/core"
import type { Job, JobEvent } from "@assay/core"
import type { StatusUpdate } from "./event-map.js"
import { percentOf } from "./envelope.js"
import type { Message } from "./message.js"

/**
 * What is said of an event besides the event itself: `status_update` and, at the end, `analysis_complete` or `analysis_error`.
 * `job` is at least as new as the event. Without an event: what somebody is told who joins now.
 */
export type Present = (job: Job, event?: JobEvent) => readonly Message[] | Promise<readonly Message[]>

/** The words for a kind of job while it runs. The others are the same for all: `queued`, `finished`, `failed`. */
export interface StatusWords {
  /** Default `"running"`. */
  readonly running?: string
  /** By stage. Default: the name of the stage itself. */
  readonly stages?: Readonly<Record<string, string>>
}

/** Says it in these words, by the type of the job. */
export function createPresenter(words: Readonly<Record<string, StatusWords>> = {}): Present {
  return (job, event) => {
    const say = createSaying(job, event, words[job.type] ?? {})
    switch (event?.type ?? stateAsEvent(job)) {
      case "job.scheduled":
        return [say.update("queued", "Waits for its time.")]
      case "job.queued":
        return [say.update("queued", "Waits for a worker.")]
      case "job.released":
      case "job.lost":
        return [say.update("queued", "Its worker is gone; another one takes it up.")]
      case "job.retrying":
        return [say.update("queued", "That attempt did not succeed; another one follows.", say.attempts)]
      case "job.deferred":
        return [say.update(say.runningWord, "Waits for something outside.")]
      case "job.started":
        return [say.update(say.runningWord, "A worker took it up.")]
      case "job.stage":
        return [say.update(say.runningWord, say.stage === undefined ? "Runs." : `Runs: ${say.stage}.`)]
      case "job.cancelling":
        return [say.update(say.runningWord, "Was asked to stop.")]
      case "job.succeeded":
        return [say.update("finished", "Done.", { progress: 100 }), say.complete()]
      case "job.failed":
        return [say.update("failed", say.failure?.message ?? "Failed."), say.error(say.failure?.message ?? "Failed.")]
      case "job.cancelled":
        return [say.update("failed", "cancelled"), say.error("cancelled")]
    }
  }
}

/** The event that would have led to the state in which the job is. */
function stateAsEvent(job: Job): JobEvent["type"] {
  switch (job.state) {
    case "scheduled":
      return job.attempts > 0 ? "job.retrying" : "job.scheduled"
    case "queued":
      return "job.queued"
    case "running":
      return job.stage === undefined ? "job.started" : "job.stage"
    case "succeeded":
      return "job.succeeded"
    case "failed":
      return "job.failed"
    case "cancelled":
      return "job.cancelled"
  }
}

function createSaying(job: Job, event: JobEvent | undefined, words: StatusWords) {
  const seq = event?.number ?? job.eventNumber
  // What is said at an event is about that moment, though the job may be further by now.
  const isCurrent = seq === job.eventNumber
  const stage = event ? (event.data.stage ?? (isCurrent ? job.stage : undefined)) : job.stage
  const failure = event?.data.failure ?? job.failure
  const timestamp = (event?.at ?? new Date()).toISOString()
  const common = { project_id: job.id, job_id: job.id }
  const { done, total } = job.progress ?? {}
  const progress = isCurrent && done !== undefined && total !== undefined ? { progress: percentOf(done, total) } : {}
  return {
    stage,
    failure,
    runningWord: stage === undefined ? (words.running ?? "running") : (words.stages?.[stage] ?? stage),
    // An attempt that followed meanwhile is not counted.
    attempts: { attempt: Math.min(job.attempts, event?.fence ?? job.fence), max_attempts: job.maxAttempts },
    update(status: string, message: string, more: Partial<StatusUpdate> = {}): Message {
      const about = stage === undefined ? {} : { stage }
      return {
        event: "status_update",
        data: { ...common, status, message, ...about, ...progress, ...more, seq, timestamp },
      }
    },
    complete(): Message {
      return {
        event: "analysis_complete",
        data: { ...common, status: "finished", data: redact(job.result ?? null), message: "Done.", seq, timestamp },
      }
    },
    error(error: string): Message {
      const why = failure ? { failure: { ...failure } } : {}
      return {
        event: "analysis_error",
        data: { ...common, status: "failed", error, message: error, ...why, seq, timestamp },
      }
    },
  }
}
