import type { StandardSchemaV1 } from "@standard-schema/spec"
import type { ConflictPolicy } from "./job.js"
import { milliseconds } from "./duration.js"
import type { Duration } from "./duration.js"
import type { Backoff } from "./retry.js"
import { defaultBackoff } from "./retry.js"

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
  /** Attempts in all, at least one. */
  readonly attempts: number
  /** How often its worker may die before the job is parked as failed. */
  readonly crashes: number
  readonly backoff: Backoff
  /** For one attempt, in milliseconds. */
  readonly timeoutMs: number
  readonly onConflict: ConflictPolicy | "allow"
  readonly preempts: boolean
  repositoryId(input: Input): number | undefined
  conflictKey(input: Input): string | undefined
  exclusiveKey(input: Input): string | undefined
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
  /** Default 3. */
  attempts?: number
  /** Default 3. */
  crashes?: number
  /** Default: 1 s, doubling, at most 5 min, with full jitter. */
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
    attempts: wholeNumber("attempts", options.attempts ?? 3, 1),
    crashes: wholeNumber("crashes", options.crashes ?? 3, 1),
    backoff: { ...defaultBackoff, ...options.backoff },
    timeoutMs: milliseconds(options.timeout ?? "30m"),
    onConflict,
    preempts: options.preempts ?? false,
    repositoryId,
    conflictKey: (input) => {
      if (onConflict === "allow") return undefined
      if (options.conflictKey) return options.conflictKey(input)
      const repository = repositoryId(input)
      return repository === undefined ? undefined : `repository:${repository}`
    },
    exclusiveKey: (input) => options.exclusiveKey?.(input),
  }
}

function wholeNumber(name: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`${name} must be a whole number of ${least} or more, and is ${value}.`)
  }
  return value
}
