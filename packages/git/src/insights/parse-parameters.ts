import { InvalidInputError } from "@assay/core"
import type { InputIssue, Json } from "@assay/core"
import { timeText } from "./calendar.js"
import type { ParameterMap } from "./parameter.js"
import { now as nowParameter, parseMoment } from "./parameter.js"

/**
 * Reads the parameters of an insight from text, once. Names may be written as over HTTP (`min_shared`), too. Rejects with
 * `INVALID_INPUT` and the names of those that it does not take or cannot read.
 *
 * @param tipTime when the snapshot's commit was committed, in seconds since 1970: what `now` is by default; `undefined`
 * for a repository without commits
 */
export function parseParameters(
  { name, parameters }: { name: string; parameters: ParameterMap },
  texts: Readonly<Record<string, string>>,
  tipTime: number | undefined,
): Record<string, Json> {
  const issues: InputIssue[] = []
  const given = new Map<string, string>()
  for (const [written, text] of Object.entries(texts)) {
    const key = written.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    if (!Object.hasOwn(parameters, key)) {
      const known = Object.keys(parameters).join(", ")
      issues.push({ path: [written], message: `the insight ${name} has no such parameter; it takes ${known}` })
    } else if (given.has(key)) issues.push({ path: [written], message: "it is given twice" })
    else given.set(key, text)
  }

  // Other moments may be said by how long before this one they were.
  const nowText = given.get("now")
  const now = (nowText === undefined ? undefined : parseMoment(nowText, tipTime ?? 0)) ?? tipTime ?? 0
  const values: Record<string, Json> = {}
  for (const [key, parameter] of Object.entries(parameters)) {
    const isNow = key === nowParameter.name
    const text = given.get(key) ?? (isNow && tipTime !== undefined ? timeText(tipTime) : parameter.default)
    if (text === undefined) {
      values[key] = null
      continue
    }
    const outcome = parameter.schema(isNow ? (tipTime ?? 0) : now).safeParse(text)
    if (outcome.success) values[key] = outcome.data
    else issues.push(...outcome.error.issues.map(({ message }) => ({ path: [key], message })))
  }
  const { since, until } = values
  if (typeof since === "string" && typeof until === "string" && since >= until) {
    issues.push({ path: ["until"], message: "expected a moment after since" })
  }
  if (issues.length > 0) throw new InvalidInputError("The query", issues)
  return values
}
