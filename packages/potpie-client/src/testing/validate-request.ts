import { HttpFailure, type ValidationIssue } from "./http-failure.js"

/** What the routes of v2 take, in the words of FastAPI's validation. */
export type FieldKind = "string" | "string?" | "strings" | "strings?" | "nodes?"

export type Fields = Readonly<Record<string, FieldKind>>

/** The body's members, as far as the route reads them; unknown ones are ignored. @throws HttpFailure 422 */
export function validateBody(body: unknown, fields: Fields): Record<string, unknown> {
  if (body === undefined) throw invalid([{ type: "missing", loc: ["body"], msg: "Field required", input: null }])
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    const msg = "Input should be a valid dictionary or object to extract fields from"
    throw invalid([{ type: "model_attributes_type", loc: ["body"], msg, input: body }])
  }
  const members = body as Record<string, unknown>
  const issues = Object.entries(fields).flatMap(([name, kind]) => check(members, name, kind))
  if (issues.length > 0) throw invalid(issues)
  return members
}

function check(body: Record<string, unknown>, name: string, kind: FieldKind): ValidationIssue[] {
  const input = body[name]
  const loc = ["body", name]
  if (kind.endsWith("?") && (input === undefined || input === null)) return []
  if (input === undefined) return [{ type: "missing", loc, msg: "Field required", input: body }]
  const isString = (value: unknown, at: readonly (string | number)[]): ValidationIssue[] =>
    typeof value === "string"
      ? []
      : [{ type: "string_type", loc: at, msg: "Input should be a valid string", input: value }]
  if (kind.startsWith("string") && !kind.startsWith("strings")) return isString(input, loc)
  if (!Array.isArray(input)) return [{ type: "list_type", loc, msg: "Input should be a valid list", input }]
  if (kind.startsWith("strings")) return input.flatMap((item, index) => isString(item, [...loc, index]))
  return input.flatMap((item, index) => {
    if (typeof item === "object" && item !== null && "node_id" in item && "name" in item) return []
    const msg = "Input should be a valid dictionary or instance of NodeContext"
    return [{ type: "model_type", loc: [...loc, index], msg, input: item }]
  })
}

/** @throws HttpFailure 422 for what pydantic takes for no bool. */
export function validateFlag(query: URLSearchParams, name: string, otherwise: boolean): boolean {
  const input = query.get(name)
  if (input === null) return otherwise
  if (/^(true|1|yes|y|on|t)$/i.test(input)) return true
  if (/^(false|0|no|n|off|f)$/i.test(input)) return false
  const msg = "Input should be a valid boolean, unable to interpret input"
  throw invalid([{ type: "bool_parsing", loc: ["query", name], msg, input }])
}

export function invalid(issues: readonly ValidationIssue[]): HttpFailure {
  return new HttpFailure(422, issues)
}
