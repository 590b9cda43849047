import type { JobState } from "./lifecycle.js"
import type { TransitionName } from "./lifecycle.js"

/** What a caller may branch on. Codes are stable; messages are for people and may change. */
export type ErrorCode =
  /** Text from outside did not fit its schema. `issues` says where. Not retryable. */
  | "INVALID_INPUT"
  /** No definition or handler of that type is registered here. */
  | "UNKNOWN_JOB_TYPE"
  | "JOB_NOT_FOUND"
  | "REPOSITORY_NOT_FOUND"
  /** The URL is registered already in this tenant. `existingId` names it. */
  | "REPOSITORY_EXISTS"
  /** The repository has no complete snapshot yet, so there is nothing to read. */
  | "SNAPSHOT_NOT_READY"
  /** The lifecycle does not allow that from the state the job is in. */
  | "ILLEGAL_TRANSITION"
  /** Another attempt owns the job by now. Whatever was about to be written was not. */
  | "STALE_LEASE"
  | "JOB_TIMEOUT"
  | "JOB_CANCELLED"
  | "JOB_FAILED"
  /** The job's worker died too often while running it. */
  | "JOB_CRASHED"
  /** The caller's own signal ended the wait. The job itself goes on. */
  | "ABORTED"
  /** The same idempotency key was used before with another input. */
  | "IDEMPOTENCY_MISMATCH"
  /** A sealed secret was altered, or was sealed with another key. */
  | "SECRET_UNREADABLE"
  /** A secret that the handler asked for was not given, or was dropped when the job ended. */
  | "SECRET_MISSING"
  /** The store, queue or notifier cannot be reached. Retryable. */
  | "UNAVAILABLE"
  /** Another process has the local data folder open. */
  | "STORE_LOCKED"
  /** A folder of this machine cannot be made, or may not be written to. */
  | "DATA_FOLDER_UNUSABLE"
  /** The queue rings for another store than the one this runtime was given. */
  | "QUEUE_MISMATCH"
  /** This implementation cannot do that (SQL on the memory store, say). */
  | "UNSUPPORTED"
  | "CLOSED"
  /** A foreign error reached the edge. Its text is in `cause`, never in the message shown to a stranger. */
  | "INTERNAL"

// Two copies of core may be loaded at once (a host's and an adapter's); a registered symbol recognises both.
const marker = Symbol.for("@assay/core/error")

export interface AssayErrorOptions {
  cause?: unknown
  /** Whether the same call may succeed if it is made again. Default `false`. */
  retryable?: boolean
  /** A sentence that says what to do about it. */
  hint?: string
}

/** Every error of core is one of these; `git` and `potpie-client` have classes of their own of the same shape. */
export class AssayError extends Error {
  override readonly name: string = "AssayError"
  readonly [marker] = true
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, options: AssayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
    this.hint = options.hint
  }

  static isInstance(error: unknown): error is AssayError {
    return typeof error === "object" && error !== null && marker in error
  }
}

/** Where in the input, and what is wrong there. `path` is made of object keys and array indexes. */
export interface InputIssue {
  path: readonly (string | number)[]
  message: string
}

export class InvalidInputError extends AssayError {
  override readonly name = "InvalidInputError"
  readonly issues: readonly InputIssue[]

  constructor(what: string, issues: readonly InputIssue[]) {
    const first = issues[0]
    const where = first && first.path.length > 0 ? ` at ${first.path.join(".")}` : ""
    super("INVALID_INPUT", `${what} is not valid${where}: ${first?.message ?? "unknown reason"}.`)
    this.issues = issues
  }
}

export class IllegalTransitionError extends AssayError {
  override readonly name = "IllegalTransitionError"
  readonly from: JobState
  readonly transition: TransitionName

  constructor(transition: TransitionName, from: JobState) {
    super("ILLEGAL_TRANSITION", `Cannot ${transition} a job that is ${from}.`)
    this.from = from
    this.transition = transition
  }
}

export class RepositoryExistsError extends AssayError {
  override readonly name = "RepositoryExistsError"
  readonly existingId: number

  constructor(url: string, existingId: number) {
    super("REPOSITORY_EXISTS", `${url} is registered already, as repository ${existingId}.`)
    this.existingId = existingId
  }
}
