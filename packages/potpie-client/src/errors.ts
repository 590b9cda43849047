import type { Answer } from "./answer/answer.js"
import type { Phase } from "./http/phase-timer.js"

/** What a caller may branch on. Codes are stable; messages are for people and may change. */
export type PotpieErrorCode =
  /** The call was refused before anything was sent. `issues` says where, if there is a where. */
  | "INVALID_INPUT"
  /** 401: no key, or not this one. A server whose database is down says the same. */
  | "POTPIE_AUTH"
  /** 402: no credits or messages left on the account. */
  | "POTPIE_NO_CREDITS"
  /** 403, which v2 itself never says: a gateway in front of it does. */
  | "POTPIE_FORBIDDEN"
  /** 404: no such project, or no such route in this lineage. */
  | "POTPIE_NOT_FOUND"
  /** 429. `retryAfterMs` says how long to wait, if the server said. */
  | "POTPIE_RATE_LIMITED"
  /** 400, 422 and any other 4xx. `issues` holds what validation said. */
  | "POTPIE_REJECTED"
  /** 500. Often the caller's fault all the same: an unknown agent or project is answered with it. */
  | "POTPIE_FAILED"
  /** 502, 503, 504. */
  | "POTPIE_UNAVAILABLE"
  /** No connection came about, so nothing was sent. */
  | "POTPIE_NETWORK"
  /** `phase` says what took too long: `connect`, `headers`, `body`, or `ready` (the wait for a project). */
  | "POTPIE_TIMEOUT"
  /** The connection broke after the request may have been sent. What arrived of an answer is in `answer`. */
  | "POTPIE_INTERRUPTED"
  /** The server says 200 with something that no lineage sends. */
  | "POTPIE_BAD_RESPONSE"
  /** The project ended as `error` or `failed`. No lineage says why. */
  | "POTPIE_PARSE_FAILED"
  /** 200 without any text: the run expired, never started, or failed before its first word. */
  | "POTPIE_ANSWER_EMPTY"
  /** 200 with text that ends in one of the server's failure phrases. The text is in `answer`. */
  | "POTPIE_ANSWER_FAILED"
  /** The answer holds no JSON, or none that fits the schema. `raw` is its text, `issues` what the schema said. */
  | "POTPIE_BAD_OUTPUT"
  /** The caller's signal ended it. `cause` is the signal's reason. A run at the server goes on. */
  | "ABORTED"

// Two copies of this package may be loaded at once; a registered symbol recognises the errors of both.
const marker = Symbol.for("@assay/potpie-client/error")

/** Where, and what is wrong there. `path` is made of object keys and array indexes. */
export interface PotpieIssue {
  path: readonly (string | number)[]
  message: string
}

export interface PotpieErrorOptions {
  cause?: unknown
  /** Default `false`. */
  retryable?: boolean | undefined
  /** A sentence that says what to do about it. */
  hint?: string | undefined
  status?: number | undefined
  requestId?: string | undefined
  retryAfterMs?: number | undefined
  detail?: string | undefined
  issues?: readonly PotpieIssue[] | undefined
  phase?: Phase | "ready" | undefined
  sessionId?: string | undefined
  answer?: Answer | undefined
  raw?: string | undefined
}

/** Every error of this package. The message is a sentence for people. The API key is in none of its members. */
export class PotpieError extends Error {
  override readonly name = "PotpieError"
  readonly [marker] = true
  readonly code: PotpieErrorCode
  /**
   * Whether the same call may succeed if it is made again, and does no harm. Never `true` for a message that may have
   * reached the server, because sending it again bills again.
   */
  readonly retryable: boolean
  readonly hint: string | undefined
  /** The HTTP status, if there was one. */
  readonly status: number | undefined
  /** What to quote to the operators of the server. */
  readonly requestId: string | undefined
  /** From `Retry-After`, in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** What the server said, shortened. The sanitized dialect (lineage S) says the same for all errors of a status. */
  readonly detail: string | undefined
  readonly issues: readonly PotpieIssue[]
  /** Only with `POTPIE_TIMEOUT`. */
  readonly phase: Phase | "ready" | undefined
  /** The run at the server, to give to `stop`. Only with errors of `ask` and `stream` in a conversation. */
  readonly sessionId: string | undefined
  /** What arrived of the answer. */
  readonly answer: Answer | undefined
  /** The whole text of an answer that did not fit its schema. */
  readonly raw: string | undefined

  constructor(code: PotpieErrorCode, message: string, options: PotpieErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
    this.hint = options.hint
    this.status = options.status
    this.requestId = options.requestId
    this.retryAfterMs = options.retryAfterMs
    this.detail = options.detail
    this.issues = options.issues ?? []
    this.phase = options.phase
    this.sessionId = options.sessionId
    this.answer = options.answer
    this.raw = options.raw
  }

  static isInstance(error: unknown): error is PotpieError {
    return typeof error === "object" && error !== null && marker in error
  }
}

/** The same error, knowing more. */
export function withMore(error: PotpieError, more: PotpieErrorOptions): PotpieError {
  return new PotpieError(error.code, error.message, { ...error, cause: error.cause, ...more })
}

/** An error for a caller whose signal was aborted. */
export function abortedError(signal: AbortSignal): PotpieError {
  return new PotpieError("ABORTED", "The call was stopped before it ended.", {
    cause: signal.reason,
    hint: "A run that had begun at the server goes on there, and is billed; stop() ends it.",
  })
}
