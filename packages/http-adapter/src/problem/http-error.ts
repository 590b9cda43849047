/** What can be wrong with a request before it reaches anything of core. Codes are stable; messages may change. */
export type HttpErrorCode =
  /** No API key, or one that is not valid here. */
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  /** There is no such path. */
  | "NOT_FOUND"
  | "QUEUE_NOT_FOUND"
  | "SCHEDULE_NOT_FOUND"
  | "ANALYSIS_NOT_FOUND"
  | "SCHEDULE_EXISTS"
  /** The path exists, for other methods. */
  | "METHOD_NOT_ALLOWED"
  /** The body is not JSON, or not UTF-8. */
  | "MALFORMED_BODY"
  | "BODY_TOO_LARGE"
  | "HEADERS_TOO_LARGE"
  /** The body is of a kind that is not read here. */
  | "UNSUPPORTED_MEDIA_TYPE"
  /** The request breaks the rules of HTTP itself. */
  | "BAD_REQUEST"
  /** The request took too long to arrive. */
  | "REQUEST_TIMEOUT"
  /** The server would listen where anybody could come in. Never an answer: it is thrown before the server starts. */
  | "UNSAFE_BINDING"

// Two copies of this package may be loaded at once; a registered symbol recognises the errors of both.
const marker = Symbol.for("@assay/http-adapter/error")

export interface HttpErrorOptions {
  cause?: unknown
  hint?: string
  /** Headers of the answer. */
  headers?: Readonly<Record<string, string>>
}

/** Every error of this package. */
export class HttpError extends Error {
  override readonly name = "HttpError"
  readonly [marker] = true
  readonly code: HttpErrorCode
  readonly retryable: boolean
  readonly hint: string | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(code: HttpErrorCode, message: string, options: HttpErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = code === "REQUEST_TIMEOUT"
    this.hint = options.hint
    this.headers = options.headers ?? {}
  }

  static isInstance(error: unknown): error is HttpError {
    return typeof error === "object" && error !== null && marker in error
  }
}
