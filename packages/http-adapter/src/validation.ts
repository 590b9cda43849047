import { InvalidInputError } from "@assay/core"
import type { InputIssue } from "@assay/core"
import type { FastifySchemaCompiler, FastifySerializerCompiler, FastifyTypeProvider } from "fastify"
import type { z } from "zod"

/** Makes handlers see what their route's schemas say. */
export interface ZodTypeProvider extends FastifyTypeProvider {
  validator: this["schema"] extends z.ZodType ? z.output<this["schema"]> : unknown
  serializer: this["schema"] extends z.ZodType ? z.input<this["schema"]> : unknown
}

export type RequestPart = "params" | "querystring" | "headers" | "body"

/** `INVALID_INPUT`, and in which part of the request. */
export class InvalidRequestError extends InvalidInputError {
  readonly part: RequestPart

  constructor(part: RequestPart, issues: readonly InputIssue[]) {
    super(part === "body" ? "The body" : "The request", issues)
    this.part = part
  }
}

/** The one fault that the older API has a sentence of its own for. */
export class MissingParameterError extends InvalidRequestError {
  override readonly message: string

  constructor(name: string) {
    super("body", [{ path: [name], message: "is required" }])
    this.message = `Missing required parameter: ${name}`
  }
}

export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const part = (httpPart ?? "body") as RequestPart
  return (data: unknown) => {
    const parsed = schema.safeParse(data, { error: messageOf })
    return parsed.success
      ? { value: parsed.data }
      : { error: new InvalidRequestError(part, firstOfEach(parsed.error.issues.map(toIssue))) }
  }
}

// What is sent was made by typed functions of ours: checking it again would only turn a small mistake into a 500.
export const serializerCompiler: FastifySerializerCompiler<z.ZodType> = () => (data) => JSON.stringify(data)

function messageOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== "invalid_type") return undefined
  if (issue.input === undefined) return "is required"
  if (issue.input === null && !issue.path?.length) return "a JSON object is required"
  return `must be of type ${issue.expected}`
}

/** What else is wrong with a member mostly follows from the first thing. */
function firstOfEach(issues: readonly InputIssue[]): InputIssue[] {
  const byPath = new Map<string, InputIssue>()
  for (const issue of issues) {
    const path = JSON.stringify(issue.path)
    if (!byPath.has(path)) byPath.set(path, issue)
  }
  return [...byPath.values()]
}

function toIssue(issue: z.core.$ZodIssue): InputIssue {
  const path = issue.path.filter((key) => typeof key !== "symbol")
  // A message about an unknown member would repeat its name, which may be a secret in the wrong place.
  if (issue.code === "unrecognized_keys") return { path, message: "has members that are not known here" }
  return { path, message: issue.message }
}
