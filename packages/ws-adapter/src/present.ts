import { redact } from "@assay/core"
import type { Job, JobEvent } from "@assay/core"
import type { StatusUpdate } from "./event-map.js"
import { percentOf } from "./envelope.js"
import type { Message } from "./message.js"

/**
 * What is said of an event besides the event itself: `status_update` and, at the end, `analysis_complete` or `analysis_error`.
 * `job` is at least as new as the event. Without an event: what somebody is told who joins now. `before` are the events just
 * before it (or the latest ones), at most `lookBack`, oldest first.
 */
export type Present = (
  job: Job,
  event?: JobEvent,
  before?: readonly JobEvent[],
) => readonly Message[] | Promise<readonly Message[]>

/** How many events before the one in question a presenter is shown. */
export const lookBack = 4

/** The words for a kind of job while it runs. The others are the same for all: `queued`, `finished`, `failed`. */
export interface StatusWords {
  /** Default `"running"`. */
  readonly running?: string
  /** By stage. Default: the name of the stage itself. */
  readonly stages?: Readonly<Record<string, string>>
  /** Of stages that `stages` does not name. Default: the name of the stage itself. */
  readonly otherStages?: string
  /**
   * What is said with a word, for people. Where it is given, a word is not said again while it stays the same, and a job that
   * waits for something outside stays at the word it had. Default: a sentence about each event.
   */
  readonly messages?: Readonly<Record<string, string>>
  /** What `analysis_complete` carries. Default: what the job returned, without members that sound like secrets. */
  readonly data?: (job: Job) => unknown
}

/** Says it in these words, by the type of the job. */
export function createPresenter(words: Readonly<Record<string, StatusWords>> = {}): Present {
  return async (job, event, before = []) => {
    const own = words[job.type] ?? {}
    const said = own.messages
      ? steadily(job, event, { words: own, before })
      : ofEvent(createSaying(job, event, own), job, event)
    const last = said.at(-1)
    if (last?.event !== "analysis_complete" || !own.data) return said
    return [...said.slice(0, -1), { event: last.event, data: { ...last.data, data: await own.data(job) } }]
  }
}

function ofEvent(say: Saying, job: Job, event: JobEvent | undefined): Message[] {
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
      return [say.update("finished", say.sentences.finished ?? "Done.", { progress: 100 }), say.complete()]
    case "job.failed":
      return [say.update("failed", say.failure?.message ?? "Failed."), say.error(say.failure?.message ?? "Failed.")]
    case "job.cancelled":
      return [say.update("failed", "cancelled"), say.error("cancelled")]
  }
}

/** Only what is new: a word that was said at the events before is not said again. */
function steadily(
  job: Job,
  event: JobEvent | undefined,
  { words, before }: { words: StatusWords; before: readonly JobEvent[] },
): Message[] {
  const say = createSaying(job, event, words)
  let word: string | undefined
  for (const earlier of before) word = wordAfter(earlier, word, words)
  const now = event ? wordAfter(event, word, words) : currentWord(job, word, words)
  const isEnd = ["finished", "failed"].includes(now)
  if (isEnd) return ofEvent(say, job, event)
  // Between two attempts, how many there were is new each time.
  const isNews = now !== word || event === undefined || event.type === "job.retrying"
  if (!isNews) return []
  const sentence = words.messages?.[now] ?? now
  return [say.update(now, sentence, event?.type === "job.retrying" ? say.attempts : {})]
}

/** The word that holds after an event, if `word` held before it. */
function wordAfter({ type, data }: JobEvent, word: string | undefined, words: StatusWords): string {
  const running = words.running ?? "running"
  switch (type) {
    case "job.stage":
      return data.stage === undefined ? running : wordOfStage(data.stage, words)
    case "job.started":
      // A job that went on waiting outside is where it was.
      return word === undefined || word === "queued" ? running : word
    case "job.deferred":
    case "job.cancelling":
      return word ?? running
    case "job.queued":
      // It became due. What waited for something outside never left the place it had.
      return word === undefined || word === "finished" || word === "failed" ? "queued" : word
    case "job.succeeded":
      return "finished"
    case "job.failed":
    case "job.cancelled":
      return "failed"
    default:
      return "queued"
  }
}

/** The word for who joins now, if `word` is what the latest events say. */
function currentWord(job: Job, word: string | undefined, words: StatusWords): string {
  const running = job.stage === undefined ? (words.running ?? "running") : wordOfStage(job.stage, words)
  switch (job.state) {
    case "succeeded":
      return "finished"
    case "failed":
    case "cancelled":
      return "failed"
    case "running":
      return word ?? running
    default:
      // What waits for something outside is where it was; what waits for its turn is not.
      return job.fence === 0 || word === undefined || word === "queued" ? "queued" : running
  }
}

function wordOfStage(stage: string, words: StatusWords): string {
  return words.stages?.[stage] ?? words.otherStages ?? stage
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

type Saying = ReturnType<typeof createSaying>

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
    sentences: words.messages ?? {},
    runningWord: stage === undefined ? (words.running ?? "running") : wordOfStage(stage, words),
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
        data: {
          ...common,
          status: "finished",
          data: redact(job.result ?? null),
          message: words.messages?.finished ?? "Done.",
          seq,
          timestamp,
        },
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
