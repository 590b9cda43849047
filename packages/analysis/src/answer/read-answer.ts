import type { Json } from "@assay/core"
import { cleanAnswerText, findJson } from "@assay/potpie-client"
import type { FoundJson } from "@assay/potpie-client"
import { AnalysisError } from "../errors.js"
import { answerSchema } from "./answer-schema.js"
import type { AnsweredSnippet } from "./answer-schema.js"
import { storable } from "./storable.js"

/** What an agent said, understood. */
export interface ReadAnswer {
  response: Json
  snippets: AnsweredSnippet[]
  /** What it said about itself. */
  metadata: Readonly<Record<string, Json>>
}

/**
 * Understands the text of an answer. With a question, prose without any JSON is an answer too.
 *
 * @throws AnalysisError `POTPIE_BAD_OUTPUT`, with the whole text
 */
export function readAnswer(text: string, { question }: { question: string | undefined }): ReadAnswer {
  const found = findJson(text)
  let issue: string | undefined
  for (const { value } of found) {
    const parsed = answerSchema.safeParse(value)
    const answer = parsed.success ? toAnswer(parsed.data) : undefined
    if (answer) return answer
    if (!parsed.success) issue ??= parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`)[0]
  }
  const prose = cleanAnswerText(text)
  if (question !== undefined && isProse(text, prose, found)) {
    return storable({ response: prose, snippets: [], metadata: {} }) as unknown as ReadAnswer
  }
  const what =
    found.length === 0
      ? "Potpie's answer holds no JSON that is whole."
      : `The JSON in Potpie's answer says nothing of use${issue === undefined ? "" : ` (${issue.slice(0, 200)})`}.`
  throw new AnalysisError("POTPIE_BAD_OUTPUT", what, { raw: text })
}

/** The members that carry an answer, best first. */
const carriers = ["analysis_response", "architecture", "answer"]

interface Members {
  snippets: AnsweredSnippet[]
  members: Readonly<Record<string, unknown>>
}

function toAnswer({ snippets, members }: Members): ReadAnswer | undefined {
  const carrier = carriers.find((name) => hasContent(members[name]))
  if (carrier === undefined && snippets.length === 0) return undefined
  const { metadata, snippets_count: _count, ...rest } = members
  const others = Object.fromEntries(Object.entries(rest).filter(([name]) => name !== carrier))
  return storable({
    response: joinResponse(carrier === undefined ? {} : members[carrier], others, carrier),
    snippets,
    metadata: isObject(metadata) ? metadata : {},
  }) as unknown as ReadAnswer
}

/** What stands beside the answer is kept beside it. */
function joinResponse(
  response: unknown,
  others: Readonly<Record<string, unknown>>,
  carrier: string | undefined,
): unknown {
  if (Object.keys(others).length === 0) return response
  if (isObject(response)) return { ...response, ...without(others, response) }
  return { [carrier ?? "answer"]: response, ...others }
}

function without(members: Readonly<Record<string, unknown>>, taken: object): object {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !Object.hasOwn(taken, name)))
}

function hasContent(value: unknown): boolean {
  if (typeof value === "string") return value.trim() !== ""
  if (Array.isArray(value)) return value.some(hasContent)
  if (isObject(value)) return Object.values(value).some(hasContent)
  return typeof value === "number" || typeof value === "boolean"
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** Prose may quote JSON, of a settings file say. It may not be what is left of an answer in our shape, nor JSON with a bow around it. */
function isProse(text: string, prose: string, found: readonly FoundJson[]): boolean {
  if (/"(snippets|snippets_count|analysis_response)"\s*:/.test(prose)) return false
  let rest = text
  for (const { start, end } of [...found].sort((one, other) => other.start - one.start)) {
    rest = rest.slice(0, start) + rest.slice(end)
  }
  const words =
    cleanAnswerText(rest)
      .replace(/```[a-z]*/gi, "")
      .match(/[\p{L}\p{N}]+/gu) ?? []
  return words.length >= (found.length > 0 ? 5 : 1)
}
