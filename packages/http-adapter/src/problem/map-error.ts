import { STATUS_CODES } from "node:http"
import { AssayError } from "@assay/core"
import { HttpError } from "./http-error.js"
import type { HttpErrorCode } from "./http-error.js"
import { problemByCode, problemByForeignCode, problemByHttpCode } from "./problem-table.js"
import type { ProblemKind } from "./problem-table.js"

/** An error as far as it may be shown to whoever made the request. */
export interface MappedError {
  readonly code: string
  readonly kind: ProblemKind
  readonly message: string
  readonly hint: string | undefined
  readonly retryable: boolean
  readonly headers: Readonly<Record<string, string>>
  /** Nobody expected it: it belongs into the log, and nothing of it into the answer. */
  readonly unexpected: boolean
}

/**
 * Recognises the errors of core, of this package, of Fastify, and of other packages by their shape. Whatever else is
 * thrown is a bug of ours or a failure underneath, and its text is nobody's business.
 */
export function mapError(error: unknown): MappedError {
  if (HttpError.isInstance(error)) return fromHttpError(error)
  if (AssayError.isInstance(error)) return fromTyped(error, own(problemByCode, error.code))
  if (isTyped(error)) {
    const kind = own(problemByForeignCode, error.code) ?? (error.retryable ? unlistedRetryable : undefined)
    if (kind) return fromTyped(error, kind)
  }
  return fromFastify(error) ?? fromStatusCode(error) ?? internal
}

/** The kind of problem a code stands for, whoever's code it is. */
export function problemKind(code: string): ProblemKind | undefined {
  return own(problemByCode, code) ?? own(problemByHttpCode, code) ?? own(problemByForeignCode, code)
}

// A code may come from outside, and every object inherits a `constructor`.
function own<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}

const unlistedRetryable: ProblemKind = { status: 503, title: "Unavailable", hint: "Try again in a few seconds." }

const internal: MappedError = {
  code: "INTERNAL",
  kind: problemByCode.INTERNAL,
  message: "The service failed in a way that nobody expected.",
  hint: problemByCode.INTERNAL.hint,
  retryable: false,
  headers: {},
  unexpected: true,
}

interface TypedError {
  readonly code: string
  readonly message: string
  readonly retryable: boolean
  readonly hint?: string | undefined
}

function isTyped(error: unknown): error is TypedError {
  if (!(error instanceof Error)) return false
  const { code, retryable } = error as Partial<TypedError>
  return typeof code === "string" && typeof retryable === "boolean"
}

function fromTyped(error: TypedError, kind: ProblemKind | undefined): MappedError {
  if (!kind || error.code === "INTERNAL") return internal
  const { code, message, retryable } = error
  const headers = comeBack(error, kind)
  return { code, kind, message, retryable, headers, hint: error.hint ?? kind.hint, unexpected: kind.status === 500 }
}

/** When to come back, in seconds: what the error knows, or soon, where time alone may help. */
function comeBack(error: TypedError, { status, lasting }: ProblemKind): Record<string, string> {
  const { retryAfterMs } = error as { retryAfterMs?: unknown }
  if (typeof retryAfterMs === "number" && (status === 429 || status === 503)) {
    return { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) }
  }
  return status === 503 && !lasting ? { "retry-after": "5" } : {}
}

function fromHttpError(error: HttpError): MappedError {
  const kind = problemByHttpCode[error.code]
  return { ...fromTyped(error, kind), headers: error.headers }
}

const byFastifyCode: Readonly<Record<string, [HttpErrorCode, string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["UNSUPPORTED_MEDIA_TYPE", "The body is of a kind that is not read here."],
  FST_ERR_CTP_BODY_TOO_LARGE: ["BODY_TOO_LARGE", "The body is larger than this service reads."],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ["BAD_REQUEST", "The body is not as long as its Content-Length says."],
  FST_ERR_BAD_URL: ["BAD_REQUEST", "The path is not validly percent-encoded UTF-8."],
  FST_ERR_MAX_PARAM_LENGTH: ["NOT_FOUND", "Nothing has a name that long."],
  FST_ERR_ASYNC_CONSTRAINT: ["BAD_REQUEST", "The request cannot be routed."],
}

function fromFastify(error: unknown): MappedError | undefined {
  const { code } = (error ?? {}) as { code?: unknown }
  const known = typeof code === "string" ? own(byFastifyCode, code) : undefined
  return known && fromHttpError(new HttpError(known[0], known[1], { cause: error }))
}

/** What a hook of the host threw, with a status that it chose: 429 from a rate limiter, say. */
function fromStatusCode(error: unknown): MappedError | undefined {
  if (!(error instanceof Error)) return undefined
  const { statusCode } = error as { statusCode?: unknown }
  if (typeof statusCode !== "number" || statusCode < 400 || statusCode > 599 || statusCode === 500) return undefined
  const title = STATUS_CODES[statusCode] ?? "Error"
  const code = title.toUpperCase().replace(/[^A-Z]+/g, "_")
  const shown = statusCode < 500 && !/^FST_/.test(String((error as { code?: unknown }).code))
  return {
    code,
    kind: { status: statusCode, title },
    message: shown ? error.message : `${title}.`,
    hint: undefined,
    retryable: statusCode === 429 || statusCode === 503,
    headers: {},
    unexpected: statusCode > 500,
  }
}
