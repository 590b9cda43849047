import type { Duration } from "./duration.js"
import type { Transaction } from "./database.js"
import type { JobId, Json } from "./job.js"
import type { Logger } from "./logger.js"

/**
 * The code that performs a definition. It decides its fate by how it ends:
 *
 * - it returns a result, or what `commit` or `defer` returned: done, or waiting
 * - it throws an error with `retryable: false`: the job fails now
 * - it throws anything else: the job is retried while attempts are left
 * - it throws because `signal` aborted: cancelled, released or given up, as the reason for the abort says
 */
export type Handler<Input = unknown, Result = unknown> = (
  context: HandlerContext<Input, Result>,
) => Promise<Returned<Result> | Committed<Result> | Deferred>

/** A handler of a definition without a result need not return anything. */
type Returned<Result> = [Result] extends [undefined] ? undefined | void : Result

export interface HandlerContext<Input = unknown, Result = unknown> {
  readonly jobId: JobId
  readonly tenant: string
  /** Checked by the definition's schema. */
  readonly input: Input
  /** Aborts when the job is cancelled, timed out, lost to another attempt, or the worker shuts down. Pass it on. */
  readonly signal: AbortSignal
  /** 1 for the first. */
  readonly attempt: number
  /** Grows with each attempt. Put it on whatever you write outside a fenced transaction. */
  readonly fence: number
  readonly log: Logger
  /** Announces what the job is doing now. Rejects with `STALE_LEASE` when the attempt no longer owns the job. */
  stage(name: string): Promise<void>
  /** Says how far it is. Cheap: coalesced to a few writes a second, and never waits. */
  progress(done: number, total?: number, unit?: string): void
  /**
   * Runs `work` once per job, whatever crashes: when it has returned, its output is remembered under `name` and a later
   * attempt gets that instead. A crash *before* it returned runs it again.
   */
  step<Output extends Json>(name: string, work: () => Promise<Output>): Promise<Output>
  /**
   * Runs `work` in a transaction that commits only if this attempt still owns the job. The job goes on.
   * Rejects with `STALE_LEASE`, with everything undone, when it does not.
   */
  transaction<Value>(work: (transaction: Transaction) => Promise<Value>): Promise<Value>
  /**
   * Runs the handler's last writes and completes the job with what `work` returns, in one transaction: both happen, or
   * neither. Return what it resolves to.
   */
  commit(work: (transaction: Transaction) => Promise<Result>): Promise<Committed<Result>>
  /** Return its value to end this attempt without spending it; the next one starts after `delay`. */
  defer(delay: Duration): Deferred
  /** A secret that came with the job, in clear. Rejects with `SECRET_MISSING` or `SECRET_UNREADABLE`. */
  secret(name: string): Promise<string>
  /** Whether a secret of that name came with the job. */
  hasSecret(name: string): boolean
}

const committed = Symbol("committed")
const deferral = Symbol("deferred")

export interface Committed<Result> {
  readonly [committed]: Result
}

export interface Deferred {
  readonly [deferral]: number
}

export const asCommitted = <Result>(result: Result): Committed<Result> => ({ [committed]: result })

export const isCommitted = (value: unknown): value is Committed<unknown> =>
  typeof value === "object" && value !== null && committed in value

export const asDeferred = (delayMs: number): Deferred => ({ [deferral]: delayMs })

export const isDeferred = (value: unknown): value is Deferred =>
  typeof value === "object" && value !== null && deferral in value

export const deferredForMs = (value: Deferred): number => value[deferral]
