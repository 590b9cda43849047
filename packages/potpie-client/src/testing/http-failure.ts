import type { FakeTraits } from "./fake-lineage.js"

/** What FastAPI calls an HTTPException: how a route refuses. */
export class HttpFailure extends Error {
  readonly status: number
  readonly detail: string | readonly ValidationIssue[]
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    detail: string | readonly ValidationIssue[],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(typeof detail === "string" ? detail : "validation")
    this.status = status
    this.detail = detail
    this.headers = headers
  }
}

export interface ValidationIssue {
  type: string
  loc: readonly (string | number)[]
  msg: string
  input: unknown
  ctx?: unknown
}

/** The body of an error, in the dialect of the lineage. */
export function toErrorBody({ status, detail }: HttpFailure, traits: FakeTraits, requestId: string): object {
  if (traits.errors === "classic") return { detail }
  if (typeof detail !== "string") {
    const issues = detail.map(({ loc, msg, type }) => ({ loc, msg, type }))
    return { detail: issues, code: "validation_error", request_id: requestId }
  }
  const [text, code] = sanitized[status] ?? (status < 500 ? requestFailed : internalError)
  return { detail: text, code, request_id: requestId }
}

const requestFailed = ["The request could not be completed.", "request_failed"] as const
const internalError = ["An internal error occurred. Please try again later.", "internal_error"] as const
const unavailable = ["Service temporarily unavailable. Please try again later.", "service_unavailable"] as const

const sanitized: Readonly<Record<number, readonly [text: string, code: string]>> = {
  400: ["Invalid request.", "invalid_request"],
  401: ["Authentication required.", "authentication_required"],
  403: ["Access denied.", "access_denied"],
  404: ["Resource not found.", "not_found"],
  405: ["Method not allowed.", "method_not_allowed"],
  409: ["The request conflicts with the current state.", "conflict"],
  429: ["Too many requests. Please try again later.", "rate_limited"],
  502: unavailable,
  503: unavailable,
  504: unavailable,
}
