import type { Json } from "@assay/core"
import { toAnswerTable } from "./answer-table.js"
import type { AnswerTable } from "./answer-table.js"
import { InsightContext } from "./insight-context.js"
import type { AskInsight } from "./insight-context.js"
import type { InsightDefinition } from "./insight-definition.js"
import type { InsightRules } from "./insight-rules.js"
import type { LoadedFacts } from "./loaded-facts.js"

/** The whole answer, from facts, with parameters that were read before. */
export async function computeInsight(
  definition: InsightDefinition,
  from: {
    rules: InsightRules
    facts: LoadedFacts
    parameters: Readonly<Record<string, Json>>
    /** `false`: only commits and people are known. */
    complete: boolean
    ask?: AskInsight
  },
): Promise<AnswerTable> {
  const { parameters, ...sources } = from
  const { committedAt } = from.facts.source.snapshot
  const text = parameters["now"]
  const now = typeof text === "string" ? Date.parse(text) / 1000 : (committedAt?.getTime() ?? 0) / 1000
  return toAnswerTable(await definition.compute(new InsightContext({ ...sources, now }), parameters))
}
