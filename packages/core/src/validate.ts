import type { StandardSchemaV1 } from "@standard-schema/spec"
import { InvalidInputError } from "./errors.js"
import type { InputIssue } from "./errors.js"

/** What the schema makes of the value. Rejects with `InvalidInputError`. `what` starts its message: `The input`. */
export async function validate<Output>(
  schema: StandardSchemaV1<unknown, Output>,
  value: unknown,
  what: string,
): Promise<Output> {
  const outcome = await schema["~standard"].validate(value)
  if (outcome.issues) throw new InvalidInputError(what, outcome.issues.map(toInputIssue))
  return outcome.value
}

function toInputIssue(issue: StandardSchemaV1.Issue): InputIssue {
  const path = (issue.path ?? []).map((segment) => {
    const key = typeof segment === "object" ? segment.key : segment
    return typeof key === "number" ? key : String(key)
  })
  return { path, message: issue.message }
}
