import type { ErrorCode } from "@assay/core"
import type { HttpErrorCode } from "./http-error.js"

/** How an error code is answered. */
export interface ProblemKind {
  readonly status: number
  /** The same for every occurrence. */
  readonly title: string
  /** The word that clients of the older API know it by. Default: the code itself. */
  readonly word?: string
  /** What to do about it, where the error itself does not say. */
  readonly hint?: string
  /** For 503: it stays as it is until a person changes something, so that nobody is told to come back soon. */
  readonly lasting?: true
}

/** The compiler keeps this complete: a code of core without a status does not compile. */
export const problemByCode: Readonly<Record<ErrorCode, ProblemKind>> = {
  INVALID_INPUT: { status: 400, title: "Validation failed", word: "VALIDATION_ERROR" },
  UNKNOWN_JOB_TYPE: { status: 422, title: "Unknown job type" },
  JOB_NOT_FOUND: { status: 404, title: "Job not found", hint: "GET /api/v1/jobs lists the jobs there are." },
  REPOSITORY_NOT_FOUND: {
    status: 404,
    title: "Repository not found",
    word: "not_found",
    hint: "GET /api/v1/repositories lists the repositories there are.",
  },
  REPOSITORY_EXISTS: { status: 409, title: "Repository exists", word: "unique_violation" },
  SNAPSHOT_NOT_READY: {
    status: 409,
    title: "Not indexed yet",
    hint: "Ask for it with POST /api/v1/repositories/{id}/index, and try again when that job has succeeded.",
  },
  ILLEGAL_TRANSITION: { status: 409, title: "Not possible in this state" },
  STALE_LEASE: { status: 409, title: "Another attempt owns the job" },
  JOB_TIMEOUT: { status: 504, title: "Job took too long" },
  JOB_CANCELLED: { status: 409, title: "Job cancelled" },
  JOB_FAILED: { status: 422, title: "Job failed" },
  JOB_CRASHED: { status: 422, title: "Job crashed" },
  ABORTED: { status: 503, title: "Stopped waiting" },
  IDEMPOTENCY_MISMATCH: {
    status: 422,
    title: "Idempotency key used before",
    hint: "Use a new Idempotency-Key for a new request, and the old one only to repeat exactly the old request.",
  },
  SECRET_UNREADABLE: { status: 500, title: "Secret unreadable" },
  SECRET_MISSING: { status: 422, title: "Secret missing" },
  UNAVAILABLE: { status: 503, title: "Unavailable", hint: "Try again in a few seconds." },
  STORE_LOCKED: { status: 503, title: "Data folder in use" },
  DATA_FOLDER_UNUSABLE: { status: 503, title: "Data folder unusable" },
  QUEUE_MISMATCH: { status: 503, title: "Queue belongs to another store" },
  UNSUPPORTED: { status: 501, title: "Not supported here" },
  CLOSED: { status: 503, title: "Shutting down", hint: "Try again in a few seconds." },
  INTERNAL: {
    status: 500,
    title: "Internal error",
    word: "internal",
    hint: "The service's log has the details, under this request id.",
  },
}

export const problemByHttpCode: Readonly<Record<HttpErrorCode, ProblemKind>> = {
  UNAUTHENTICATED: { status: 401, title: "API key needed" },
  FORBIDDEN: { status: 403, title: "Forbidden" },
  NOT_FOUND: { status: 404, title: "Endpoint not found", hint: "The description of all endpoints is at /docs." },
  QUEUE_NOT_FOUND: { status: 404, title: "Queue not found", hint: "GET /api/v1/queues lists the queues there are." },
  SCHEDULE_NOT_FOUND: {
    status: 404,
    title: "Schedule not found",
    hint: "GET /api/v1/schedules lists the schedules there are.",
  },
  SCHEDULE_EXISTS: {
    status: 409,
    title: "Schedule exists",
    hint: "Change it with PUT /api/v1/schedules/{schedule_id}, or choose another id.",
  },
  ANALYSIS_NOT_FOUND: {
    status: 404,
    title: "Analysis not found",
    hint: "GET /api/v1/analyses lists the analyses there are.",
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: "Method not allowed",
    hint: "The Allow header lists the methods there are.",
  },
  MALFORMED_BODY: { status: 400, title: "Malformed body" },
  BODY_TOO_LARGE: { status: 413, title: "Body too large" },
  HEADERS_TOO_LARGE: { status: 431, title: "Headers too large" },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: "Unsupported media type",
    hint: "Send JSON, with the header `Content-Type: application/json`.",
  },
  BAD_REQUEST: { status: 400, title: "Bad request" },
  REQUEST_TIMEOUT: { status: 408, title: "Request timed out" },
  UNSAFE_BINDING: { status: 500, title: "Unsafe binding" },
}

/**
 * Codes of packages that this one does not know, recognised by the shape that typed errors of Assay share (`code`,
 * `retryable`). A code that is not listed here is 503 when it is retryable and 500 when it is not.
 */
export const problemByForeignCode: Readonly<Record<string, ProblemKind>> = {
  GIT_URL_REFUSED: { status: 400, title: "Validation failed", word: "VALIDATION_ERROR" },
  GIT_ADDRESS_REFUSED: { status: 400, title: "Validation failed", word: "VALIDATION_ERROR" },
  GIT_AUTH: { status: 422, title: "The remote refuses the credentials" },
  GIT_NOT_FOUND: { status: 422, title: "No repository at that address" },
  GIT_NETWORK: { status: 502, title: "The remote cannot be reached" },
  GIT_TIMEOUT: { status: 504, title: "The remote took too long" },
  GIT_REDIRECT: { status: 422, title: "The remote redirects" },
  GIT_MISSING: { status: 503, title: "Git is missing" },
  REPOSITORY_TOO_LARGE: { status: 422, title: "Repository too large" },
  REPOSITORY_EMPTY: { status: 422, title: "Repository empty" },
  MIRROR_DAMAGED: { status: 503, title: "Mirror damaged" },
  GIT_FAILED: { status: 503, title: "Git failed" },
  DISK_FULL: { status: 503, title: "Disk full" },
  POTPIE_NOT_CONFIGURED: {
    status: 503,
    title: "Potpie is not configured",
    hint: "Start the service and its workers with POTPIE_API_KEY.",
    lasting: true,
  },
  ANALYSIS_UNCERTAIN: {
    status: 409,
    title: "It is not known whether the question arrived",
    hint: "Asking again may bill again: look at the project at Potpie first, then POST /api/v1/jobs/{id}/retry.",
  },
  POTPIE_AUTH: {
    status: 502,
    title: "Potpie refuses the key",
    hint: "Check POTPIE_API_KEY. A Potpie whose own database is down says the same.",
  },
  POTPIE_NO_CREDITS: { status: 502, title: "No credits at Potpie", hint: "Top up the account of POTPIE_API_KEY." },
  POTPIE_FORBIDDEN: { status: 502, title: "Potpie forbids it", hint: "A gateway in front of Potpie said so." },
  POTPIE_NOT_FOUND: { status: 404, title: "Potpie knows no such project" },
  POTPIE_RATE_LIMITED: { status: 429, title: "Potpie's limit is reached", hint: "Try again later." },
  POTPIE_REJECTED: { status: 422, title: "Potpie rejects the request" },
  POTPIE_FAILED: {
    status: 502,
    title: "Potpie failed",
    hint: "An unknown agent (CUSTOM_AGENT_ID) or project is answered like that, too.",
  },
  POTPIE_UNAVAILABLE: { status: 503, title: "Potpie is unavailable", hint: "Try again in a minute." },
  POTPIE_NETWORK: { status: 502, title: "Potpie cannot be reached", hint: "Check POTPIE_BASE_URL and the network." },
  POTPIE_TIMEOUT: { status: 504, title: "Potpie took too long", hint: "REQUEST_TIMEOUT says how long is waited." },
  POTPIE_INTERRUPTED: {
    status: 502,
    title: "The connection to Potpie broke",
    hint: "The question may have arrived: asking again may bill again.",
  },
  POTPIE_BAD_RESPONSE: { status: 502, title: "Potpie answered what nobody expected", hint: "Check POTPIE_BASE_URL." },
  POTPIE_PARSE_FAILED: {
    status: 422,
    title: "Potpie could not parse the repository",
    hint: "Potpie does not say why. Check that it may read the repository and that the branch exists.",
  },
  POTPIE_ANSWER_EMPTY: { status: 502, title: "Potpie answered nothing" },
  POTPIE_ANSWER_FAILED: { status: 502, title: "Potpie's answer ended in a failure" },
  POTPIE_BAD_OUTPUT: {
    status: 502,
    title: "The answer does not fit",
    hint: "GET /api/v1/analyses/{id} has its whole text in raw.",
  },
}
