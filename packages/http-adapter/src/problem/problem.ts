import { AssayError } from "@assay/core"
import type { InputIssue } from "@assay/core"
import { z } from "zod"
import type { RouteConfig } from "../route-config.js"
import { MissingParameterError } from "../validation.js"
import { mapError, problemKind } from "./map-error.js"

/**
 * The one error body. It has the members of RFC 9457 and those that the clients of the two older services read: `error`,
 * `code` and `details` of the one, `success`, `message` and `timestamp` of the other.
 */
export const problemSchema = z.object({
  error: z.string().describe("The same as `title`, or which parameter is missing."),
  example: z.record(z.string(), z.string()).optional().describe("What a body may look like."),
  code: z.string().describe("What a program may branch on. The page of errors lists them."),
  details: z
    .array(z.object({ field: z.string(), message: z.string() }))
    .optional()
    .describe("Which members of the request are not valid, and why."),
  type: z.string().describe("A reference to the description of this kind of problem."),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe("What happened this time, for people."),
  instance: z.string().describe("The path that was asked for."),
  request_id: z.string().describe("Under which the service's log speaks of this request."),
  errors: z
    .array(z.object({ pointer: z.string().optional(), parameter: z.string().optional(), detail: z.string() }))
    .optional()
    .describe("As `details`; `pointer` leads into the body, `parameter` names one of path, query or headers."),
  hint: z.string().optional().describe("What to do about it."),
  retryable: z.boolean().describe("Whether the same request may succeed if it is made again."),
  success: z.literal(false),
  message: z.string().describe("The same as `detail`."),
  timestamp: z.iso.datetime(),
  existing_id: z.int().optional().describe("Of the repository that is registered under this URL already."),
  path: z.string().optional().describe("Of an unknown path, as `instance`."),
  method: z.string().optional().describe("What was asked of an unknown path."),
  available_endpoints: z.array(z.string()).optional().describe("What there is instead of an unknown path."),
})

export type Problem = z.output<typeof problemSchema>

export interface ProblemAnswer {
  readonly body: Problem
  readonly headers: Readonly<Record<string, string>>
  /** It belongs into the log, as an error. */
  readonly unexpected: boolean
}

/** Where it happened. */
export interface ProblemContext {
  /** What the plugin's paths start with. */
  prefix: string
  /** Of the request, as it was sent. */
  url: string
  requestId: string
  /** Of a path that nobody knows. */
  unknown?: { readonly method: string; readonly availableEndpoints: readonly string[] }
  /** What the route says of itself. */
  route?: Pick<RouteConfig, "example" | "urlMember"> | undefined
}

export function toProblem(error: unknown, context: ProblemContext): ProblemAnswer {
  const { code, kind, message, hint, retryable, headers, unexpected } = mapError(error)
  const { prefix, url, requestId, unknown, route = {} } = context
  const issues = issuesOf(error, route.urlMember ?? "url")
  // A query may hold what was meant for nobody's eyes.
  const path = url.split("?", 1)[0] ?? ""
  const existingId = existingIdOf(error)
  const location = existingId === undefined ? {} : { location: `${prefix}/api/v1/repositories/${existingId}` }
  return {
    headers: { ...headers, ...location },
    unexpected,
    body: {
      error: error instanceof MissingParameterError ? error.message : kind.title,
      ...(route.example && kind.status === 400 && { example: { ...route.example } }),
      code: kind.word ?? code,
      ...(issues && { details: issues.map(({ path, message }) => ({ field: path.join("."), message })) }),
      type: problemKind(code) ? `${prefix}/errors/${code}` : "about:blank",
      title: kind.title,
      status: kind.status,
      detail: message,
      instance: path,
      request_id: requestId,
      ...(issues && { errors: issues.map((issue) => ({ ...whereOf(issue, error), detail: issue.message })) }),
      ...(hint !== undefined && { hint }),
      retryable,
      success: false,
      message,
      timestamp: new Date().toISOString(),
      ...(existingId !== undefined && { existing_id: existingId }),
      ...(unknown && { path, method: unknown.method, available_endpoints: [...unknown.availableEndpoints] }),
    },
  }
}

function issuesOf(error: unknown, urlMember: string): readonly InputIssue[] | undefined {
  if (AssayError.isInstance(error) && "issues" in error) return error.issues as readonly InputIssue[]
  return issueOfUrl(error, urlMember)
}

/** The one thing of ours that other packages check is the URL in a body. */
function issueOfUrl(error: unknown, urlMember: string): readonly InputIssue[] | undefined {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  const refused = code === "GIT_URL_REFUSED" || code === "GIT_ADDRESS_REFUSED"
  return refused ? [{ path: [urlMember], message: String(message) }] : undefined
}

function existingIdOf(error: unknown): number | undefined {
  return AssayError.isInstance(error) && "existingId" in error ? Number(error.existingId) : undefined
}

function whereOf(issue: InputIssue, error: unknown): { pointer: string } | { parameter: string } {
  const part = (error as { part?: unknown }).part ?? "body"
  if (part !== "body") return { parameter: issue.path.join(".") }
  return { pointer: `#${issue.path.map((key) => `/${String(key).replace(/~/g, "~0").replace(/\//g, "~1")}`).join("")}` }
}
