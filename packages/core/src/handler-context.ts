import { abortReason } from "./abort-reason.js"
import { completed, held, progressMade, stageEntered, stepDone } from "./change.js"
import type { JobChange } from "./change.js"
import type { AttemptOptions } from "./attempt.js"
import type { Transaction } from "./database.js"
import type { JobDefinition } from "./definition.js"
import { milliseconds } from "./duration.js"
import { AssayError } from "./errors.js"
import { asCommitted, asDeferred } from "./handler.js"
import type { HandlerContext } from "./handler.js"
import type { Job, Json, Lease } from "./job.js"
import { toJson } from "./json.js"
import { createProgressReporter } from "./progress-reporter.js"
import { validate } from "./validate.js"

/** What a handler is given, and what its attempt learns from how it was used. */
export interface AttemptContext {
  readonly context: Omit<HandlerContext, "input">
  /** The job as the handler's own commit left it. */
  committed(): Job | undefined
  /** Secrets the handler has seen, to be blotted out of what it throws. */
  readonly secretsSeen: readonly string[]
  /** Writes the last progress and takes no more. */
  close(): Promise<void>
}

export function createHandlerContext(
  options: AttemptOptions,
  control: { signal: AbortSignal; abort: (reason: AssayError) => void },
): AttemptContext {
  const { job, definition, store, apply, announcer, logger } = options
  const { signal, abort } = control
  const lease: Lease = { jobId: job.id, fence: job.fence }
  const secretsSeen: string[] = []
  let committedJob: Job | undefined

  function stale(): AssayError {
    const error = abortReason.staleLease(lease)
    abort(error)
    return error
  }

  async function write(change: JobChange): Promise<Job> {
    const changed = await apply(change)
    if (!changed) throw stale()
    return changed
  }

  const progress = createProgressReporter(async (latest) => {
    announcer.progress(await write(progressMade(lease, latest)))
  })

  const context: Omit<HandlerContext, "input"> = {
    jobId: job.id,
    tenant: job.tenant,
    signal,
    attempt: job.attempts,
    fence: job.fence,
    log: logger,

    async stage(name) {
      signal.throwIfAborted()
      // What is still to be told belongs to the stage before.
      await progress.settle()
      announcer.events([await write(stageEntered(lease, name))])
    },

    progress(done, total, unit) {
      progress.report({ done, ...(total === undefined ? {} : { total }), ...(unit === undefined ? {} : { unit }) })
    },

    async step<Output extends Json>(name: string, work: () => Promise<Output>): Promise<Output> {
      signal.throwIfAborted()
      const known = (await store.steps(job.id)).get(name)
      if (known !== undefined) return known as Output
      const output = toJson(await work(), `The output of step ${name}`) as Output
      await write(stepDone(lease, name, output))
      return output
    },

    async transaction<Value>(work: (transaction: Transaction) => Promise<Value>): Promise<Value> {
      signal.throwIfAborted()
      return store.transaction(async (transaction) => {
        const value = await work(transaction)
        // Last, so that the job's row is locked for a moment only and heartbeats are not held up by the work.
        const [owned] = await store.apply([held(lease)], transaction)
        if (!owned) throw stale()
        return value
      })
    },

    async commit(work) {
      signal.throwIfAborted()
      let result: unknown
      try {
        committedJob = await store.transaction(async (transaction) => {
          result = await checkedResult(definition, await work(transaction))
          const [done] = await store.apply([completion(lease, result)], transaction)
          if (!done) throw stale()
          return done
        })
      } catch (error) {
        // The connection may have broken after the commit was done and before we were told.
        committedJob = isUnavailable(error) ? await ownCompletion(options, lease) : undefined
        if (!committedJob) throw error
      }
      return asCommitted(result)
    },

    defer: (delay) => asDeferred(milliseconds(delay)),

    hasSecret: (name) => name in job.secrets,

    secret(name) {
      return Promise.resolve().then(() => {
        const secret = openSecret(options, name)
        secretsSeen.push(secret)
        return secret
      })
    },
  }

  return { context, committed: () => committedJob, secretsSeen, close: () => progress.stop() }
}

export function completion(lease: Lease, result: unknown): JobChange {
  return completed(lease, result === undefined ? undefined : toJson(result, "The result"))
}

export async function checkedResult(definition: JobDefinition, result: unknown): Promise<unknown> {
  return definition.resultSchema ? validate(definition.resultSchema, result, "The result") : undefined
}

function openSecret({ job, sealer }: AttemptOptions, name: string): string {
  const sealed = job.secrets[name]
  if (sealed === undefined) {
    throw new AssayError("SECRET_MISSING", `Job ${job.id} has no secret named ${name}.`, {
      hint: "Secrets are dropped when a job ends: give them again with a new job.",
    })
  }
  if (!sealer) throw new AssayError("SECRET_UNREADABLE", "This worker has no key to open secrets with.")
  return sealer.open(sealed, `${job.tenant}/${name}`)
}

function isUnavailable(error: unknown): boolean {
  return AssayError.isInstance(error) && error.code === "UNAVAILABLE"
}

/** The job, if this attempt completed it after all. Asks until the store answers, a few times. */
async function ownCompletion({ store, clock }: AttemptOptions, lease: Lease): Promise<Job | undefined> {
  for (let tries = 0; tries < 5; tries++) {
    try {
      const job = await store.get(lease.jobId)
      return job?.fence === lease.fence && job.state === "succeeded" ? job : undefined
    } catch {
      await clock.sleep(200 * 2 ** tries)
    }
  }
  return undefined
}
