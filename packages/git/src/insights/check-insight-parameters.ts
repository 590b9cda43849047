import { InvalidInputError } from "@assay/core"
import type { InsightName } from "@assay/core"
import { insightDefinitions } from "./insight-definitions.js"
import { parseParameters } from "./parse-parameters.js"

/**
 * Says before there is a repository to read whether an insight takes parameters, given as text. Throws `INVALID_INPUT` with the
 * names of those that it does not take or cannot read. Which of two moments comes first is seen only where the snapshot does not
 * matter: when both are said by how long ago they were, or neither is.
 */
export function checkInsightParameters(name: InsightName, texts: Readonly<Record<string, string>>): void {
  const definition = { name, parameters: insightDefinitions[name].takes }
  // Any moment does.
  const now = Date.now() / 1000
  const { since = "", until = "" } = texts
  if (isAgo(since) === isAgo(until)) return void parseParameters(definition, texts, now)
  const issues = Object.entries(texts).flatMap(([key, text]) => {
    try {
      parseParameters(definition, { [key]: text }, now)
      return []
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error
      return error.issues
    }
  })
  if (issues.length > 0) throw new InvalidInputError("The query", issues)
}

function isAgo(text: string): boolean {
  return /^\d+[dwmy]$/.test(text)
}
