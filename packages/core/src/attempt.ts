import { abortReason } from "./abort-reason.js"
import type { Announcer } from "./announcer.js"
import { cancelAcknowledged, deferred, failed, released, retryLater } from "./change.js"
import type { JobChange } from "./change.js"
import type { Clock } from "./clock.js"
import type { JobDefinition } from "./definition.js"
import { AssayError } from "./errors.js"
import { isTyped, toFailure } from "./failure.js"
import { checkedResult, completion, createHandlerContext } from "./handler-context.js"
import { deferredForMs, isCommitted, isDeferred } from "./handler.js"
import type { Handler } from "./handler.js"
import type { Job, Lease } from "./job.js"
import type { Logger } from "./logger.js"
import { backoffMs } from "./retry.js"
import type { Sealer } from "./sealer.js"
import type { JobReader, JobStore } from "./store.js"
import { validate } from "./validate.js"

/** One running attempt of a claimed job, as its worker sees it. */
export interface AttemptRun {
  readonly lease: Lease
  /** Ends the handler by its signal. The first reason stands. */
  abort(reason: AssayError): void
  /** Resolves when the attempt is over. Never rejects. */
  readonly ended: Promise<AttemptEnd>
}

export interface AttemptEnd {
  /** The change that ends the attempt, still to be written; `undefined` when nothing is left to write. */
  readonly change: JobChange | undefined
  /** The job as the handler's own commit left it. */
  readonly committed: Job | undefined
}

export interface AttemptOptions {
  job: Job
  definition: JobDefinition
  handler: Handler
  store: JobStore & JobReader
  /** Applies a change together with those of other attempts. */
  apply: (change: JobChange) => Promise<Job | undefined>
  announcer: Announcer
  sealer: Sealer | undefined
  clock: Clock
  logger: Logger
  random: () => number
}

/** A reason that is there already: by default each abort makes an error with a stack, for every job. */
const isOver = Symbol("the attempt is over")

/** How long a handler may go on after its signal aborted before the attempt ends without it. */
const abandonAfterMs = 10_000

export function startAttempt(options: AttemptOptions): AttemptRun {
  const { job, definition, clock, logger } = options
  const lease: Lease = { jobId: job.id, fence: job.fence }
  const controller = new AbortController()
  const { signal } = controller
  const abort = (reason: AssayError): void => {
    if (!signal.aborted) controller.abort(reason)
  }
  const { context, committed, secretsSeen, close } = createHandlerContext(options, { signal, abort })

  async function handle(): Promise<JobChange | undefined> {
    const input = await validate(definition.inputSchema, job.input, "The input")
    const outcome = await options.handler({ ...context, input })
    if (committed() || isCommitted(outcome)) return undefined
    if (isDeferred(outcome)) return deferred(lease, deferredForMs(outcome))
    return completion(lease, await checkedResult(definition, outcome))
  }

  /** What becomes of a job whose handler threw, or did not heed its signal. */
  function changeAfter(error: unknown): JobChange | undefined {
    if (committed()) return undefined
    const reason: unknown = signal.aborted ? signal.reason : error
    const code = AssayError.isInstance(reason) ? reason.code : undefined
    if (code === "STALE_LEASE") return undefined
    if (signal.aborted && code === "JOB_CANCELLED") return cancelAcknowledged(lease, job.cancelReason)
    if (signal.aborted && code === "CLOSED") return released(lease)
    const failure = toFailure(reason, secretsSeen)
    const again = failure.retryable && job.attempts < job.maxAttempts
    // A foreign error is a surprise: whoever reads the log needs its stack.
    logger.warn({ failure, again, error: isTyped(reason) ? undefined : reason }, "job attempt failed")
    if (!again) return failed(lease, failure)
    return retryLater(lease, failure, backoffMs(definition.backoff, job.attempts, options.random))
  }

  async function run(): Promise<AttemptEnd> {
    const over = new AbortController()
    void clock.sleep(definition.timeoutMs, over.signal).then(() => {
      if (!over.signal.aborted) abort(abortReason.timeout(definition.timeoutMs))
    })
    let change: JobChange | undefined
    try {
      change = await Promise.race([handle(), abandoned(over.signal)])
    } catch (error) {
      change = changeAfter(error)
    }
    over.abort(isOver)
    await close()
    return { change, committed: committed() }
  }

  /** Rejects when the handler goes on long after its signal aborted: the job must not be stuck because of it. */
  async function abandoned(over: AbortSignal): Promise<never> {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }))
    await clock.sleep(abandonAfterMs, over)
    if (!over.aborted) logger.warn({}, "the handler goes on although its signal aborted; its job ends without it")
    throw signal.reason
  }

  return { lease, abort, ended: run() }
}
