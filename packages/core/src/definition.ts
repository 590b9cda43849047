import type { StandardSchemaV1 } from "@standard-schema/spec"
import type { ConflictPolicy } from "./job.js"
import { milliseconds } from "./duration.js"
import type { Duration } from "./duration.js"
import type { Backoff } from "./retry.js"
import type { ClaimLimits } from "./store.js"

/**
 * What a kind of job *is*, apart from the code that performs it: a process that only asks for work imports definitions
 * and no handlers.
 */
export interface JobDefinition<Input = unknown, Result = unknown> {
  readonly type: string
  readonly inputSchema: StandardSchemaV1<unknown, Input>
  readonly resultSchema: StandardSchemaV1<unknown, Result> | undefined
  readonly queue: string
  readonly priority: number
  /** Attempts in all, at least one. `undefined`: as many as the runtime says. */
  readonly attempts: number | undefined
  /** How often its worker may die before the job is parked as failed. */
  readonly crashes: number
  /** What it names of it; the rest is as the runtime says. */
  readonly backoff: Partial<Backoff>
  /** For one attempt, in milliseconds. */
  readonly timeoutMs: number
  readonly onConflict: ConflictPolicy | "allow"
  readonly preempts: boolean
  /** Shown with every claim. */
  readonly limits: ClaimLimits
  repositoryId(input: Input): number | undefined
  conflictKey(input: Input): string | undefined
  exclusiveKey(input: Input): string | undefined
  limitKey(input: Input): string | undefined
}

export interface DefineJobOptions<InputSchema extends StandardSchemaV1, ResultSchema extends StandardSchemaV1> {
  /** Dotted, lower case, stable for ever: rows carry it. */
  type: string
  /** A Standard Schema (zod, valibot, …). Inputs are checked when they are enqueued and again before a handler sees them. */
  input: InputSchema
  /** Types and checks what the handler returns. Without it a job has no result. */
  result?: ResultSchema
  /** Which repository it is about, if it is about one. */
  repository?: (input: StandardSchemaV1.InferOutput<InputSchema>) => number
  /** Default: the repository, where there is one. At most one unfinished job per type and key. */
  conflictKey?: (input: StandardSchemaV1.InferOutput<InputSchema>) => string
  /** Default `"join"`. `"allow"` means: no conflict key. */
  onConflict?: ConflictPolicy | "allow"
  /** At most one job of this key runs at a time, of whatever type. Default: none. */
  exclusiveKey?: (input: StandardSchemaV1.InferOutput<InputSchema>) => string
  /** Cancels other unfinished jobs of the same exclusive key. Default `false`. */
  preempts?: boolean
  /**
   * How much of it may run, over all workers. Decided by the store at each claim, so that it holds for every queue; the
   * workers' definitions count, and those of a type ought to agree.
   */
  limits?: {
    /** Jobs running at once. */
    concurrency?: number
    /** Jobs running at once, together with those that have deferred and wait: what they wait for has a limit, too. */
    inProgress?: number
    /** Jobs running at once for which `key` gives the same text: a host, a tenant, an account. */
    perKey?: { key: (input: StandardSchemaV1.InferOutput<InputSchema>) => string; concurrency: number }
    /** At most `starts` attempts begin in any stretch of this length. */
    rate?: { starts: number; per: Duration }
  }
  /** Default: what the runtime says, or else 3. */
  attempts?: number
  /** Default 3. */
  crashes?: number
  /** Default: what the runtime says, or else 1 s, doubling, at most 5 min; with full jitter. */
  backoff?: Partial<Backoff>
  /** For one attempt. Default 30 min. */
  timeout?: Duration
  /** Default `"default"`. */
  queue?: string
  /** Higher first. Default 0. */
  priority?: number
}

/** Throws `TypeError` or `RangeError` for options that can never work: they are a programmer's mistake. */
export function defineJob<
  InputSchema extends StandardSchemaV1,
  ResultSchema extends StandardSchemaV1 = StandardSchemaV1<unknown, undefined>,
>(
  options: DefineJobOptions<InputSchema, ResultSchema>,
): JobDefinition<StandardSchemaV1.InferOutput<InputSchema>, StandardSchemaV1.InferOutput<ResultSchema>> {
  type Input = StandardSchemaV1.InferOutput<InputSchema>
  type Result = StandardSchemaV1.InferOutput<ResultSchema>
  if (!/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$/.test(options.type)) {
    throw new TypeError(
      `The job type ${JSON.stringify(options.type)} must be dotted lower-case words: "repository.index".`,
    )
  }
  const onConflict = options.onConflict ?? "join"
  const repositoryId = (input: Input): number | undefined => options.repository?.(input)
  return {
    type: options.type,
    inputSchema: options.input as StandardSchemaV1<unknown, Input>,
    resultSchema: options.result as StandardSchemaV1<unknown, Result> | undefined,
    queue: options.queue ?? "default",
    priority: wholeNumber("priority", options.priority ?? 0, Number.MIN_SAFE_INTEGER),
    attempts: options.attempts === undefined ? undefined : wholeNumber("attempts", options.attempts, 1),
    crashes: wholeNumber("crashes", options.crashes ?? 3, 1),
    backoff: options.backoff ?? {},
    timeoutMs: milliseconds(options.timeout ?? "30m"),
    onConflict,
    preempts: options.preempts ?? false,
    limits: claimLimits(options.limits),
    repositoryId,
    conflictKey: (input) => {
      if (onConflict === "allow") return undefined
      if (options.conflictKey) return options.conflictKey(input)
      const repository = repositoryId(input)
      return repository === undefined ? undefined : `repository:${repository}`
    },
    exclusiveKey: (input) => options.exclusiveKey?.(input),
    limitKey: (input) => options.limits?.perKey?.key(input),
  }
}

function claimLimits(limits: DefinedLimits = {}): ClaimLimits {
  const { concurrency, inProgress, perKey, rate } = limits
  if (perKey && typeof perKey.key !== "function")
    throw new TypeError("limits.perKey.key must be a function of the input.")
  return {
    ...(concurrency === undefined ? {} : { concurrency: wholeNumber("limits.concurrency", concurrency, 1) }),
    ...(inProgress === undefined ? {} : { inProgress: wholeNumber("limits.inProgress", inProgress, 1) }),
    ...(perKey === undefined ? {} : { perKey: wholeNumber("limits.perKey.concurrency", perKey.concurrency, 1) }),
    ...(rate === undefined
      ? {}
      : {
          rate: {
            starts: wholeNumber("limits.rate.starts", rate.starts, 1),
            perMs: wholeNumber("limits.rate.per", Math.ceil(milliseconds(rate.per)), 1),
          },
        }),
  }
}

/** `limits`, whatever the input is. */
interface DefinedLimits {
  concurrency?: number
  inProgress?: number
  perKey?: { key: unknown; concurrency: number }
  rate?: { starts: number; per: Duration }
}

function wholeNumber(name: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`${name} must be a whole number of ${least} or more, and is ${value}.`)
  }
  return value
}
