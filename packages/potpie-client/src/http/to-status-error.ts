import { z } from "zod"
import { PotpieError, type PotpieErrorCode, type PotpieIssue } from "../errors.js"
import type { Call } from "./connection.js"
import { mayBeBilled } from "./map-network-error.js"
import type { Redact } from "./redact.js"
import { parseRetryAfter } from "./retry-after.js"

export interface Refusal {
  call: Call
  response: Response
  requestId: string
  /** The body, whatever it is: JSON of either dialect, plain text, a proxy's HTML, nothing. */
  text: string
  redact: Redact
}

/** The status alone decides: the texts differ between lineages, and the sanitized dialect has only one per status. */
export function toStatusError({ call, response, requestId, text, redact }: Refusal): PotpieError {
  const { status } = response
  const { code, says, hint } = meaning(status)
  const body = readErrorBody(text)
  return new PotpieError(code, `${says} (${status} to ${call.method} ${redact(call.path)}).`, {
    status,
    hint: hint ?? (status >= 500 && !call.harmless ? mayBeBilled : undefined),
    retryable: isRetryable(status, call),
    requestId: redact(response.headers.has("x-request-id") ? requestId : (body.requestId ?? requestId)),
    retryAfterMs: parseRetryAfter(response.headers.get("retry-after"), Date.now()),
    detail: body.detail && redact(body.detail).slice(0, 1000),
    issues: body.issues.map((issue) => ({ ...issue, message: redact(issue.message) })),
  })
}

/** A 429 was not run, whatever it was. The others may have been: what does harm twice is left to the caller. */
function isRetryable(status: number, call: Call): boolean {
  return status === 429 || (call.harmless && [408, 500, 502, 503, 504].includes(status))
}

interface Meaning {
  code: PotpieErrorCode
  says: string
  hint?: string
}

function meaning(status: number): Meaning {
  if (status < 400) {
    const hint = "Redirects are not followed, because they would carry the key along. Is the base URL right?"
    return { code: "POTPIE_BAD_RESPONSE", says: "Potpie's address answers with a redirect", hint }
  }
  return byStatus[status] ?? (status < 500 ? rejected : failed)
}

const rejected: Meaning = { code: "POTPIE_REJECTED", says: "Potpie rejects the request" }
const failed: Meaning = { code: "POTPIE_FAILED", says: "Potpie failed" }
const unavailable: Meaning = { code: "POTPIE_UNAVAILABLE", says: "Potpie is not available" }

const byStatus: Readonly<Record<number, Meaning>> = {
  401: {
    code: "POTPIE_AUTH",
    says: "Potpie does not accept the API key",
    hint: "Keys start with sk-. A key that replaced another without deleting it first does not work.",
  },
  402: { code: "POTPIE_NO_CREDITS", says: "The account has no credits or messages left" },
  403: { code: "POTPIE_FORBIDDEN", says: "Potpie forbids it" },
  404: {
    code: "POTPIE_NOT_FOUND",
    says: "Potpie knows nothing there",
    hint: "The id is unknown, belongs to another account, or the server is too old for that route.",
  },
  429: { code: "POTPIE_RATE_LIMITED", says: "Too many requests" },
  502: unavailable,
  503: unavailable,
  504: unavailable,
}

const errorBody = z.object({ detail: z.unknown(), request_id: z.string().optional().catch(undefined) })
const validation = z.array(z.object({ loc: z.array(z.union([z.string(), z.number()])).catch([]), msg: z.string() }))

interface ErrorBody {
  detail?: string | undefined
  requestId?: string | undefined
  issues: PotpieIssue[]
}

function readErrorBody(text: string): ErrorBody {
  const parsed = errorBody.safeParse(parseOrNothing(text))
  if (!parsed.success) return { detail: text.trim() || undefined, issues: [] }
  const { detail, request_id: requestId } = parsed.data
  if (typeof detail === "string") return { detail, requestId, issues: [] }
  const found = validation.safeParse(detail)
  const issues = found.success ? found.data.map(({ loc, msg }) => ({ path: loc, message: msg })) : []
  const first = issues[0]
  return { detail: first ? `${first.path.join(".")}: ${first.message}` : JSON.stringify(detail), requestId, issues }
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
