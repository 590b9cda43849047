import type { Json } from "@assay/core"
import type { SnapshotFacts } from "../../src/facts/snapshot-facts.js"
import type { InsightDefinition, InsightTable } from "../../src/insights/insight-definition.js"
import { InsightContext } from "../../src/insights/insight-context.js"
import { readRules } from "../../src/insights/insight-rules.js"
import type { InsightRulesOptions } from "../../src/insights/insight-rules.js"
import { loadFacts } from "../../src/insights/loaded-facts.js"
import type { LoadedFacts } from "../../src/insights/loaded-facts.js"
import { parseParameters } from "../../src/insights/parse-parameters.js"

/** The whole table of an insight, from any facts; from those that are `held`, with what others computed of them. */
export async function compute(
  definition: InsightDefinition,
  facts: SnapshotFacts,
  options: { parameters?: Record<string, string>; rules?: InsightRulesOptions; held?: LoadedFacts } = {},
): Promise<InsightTable> {
  const { parameters = {}, rules = {}, held = loadFacts(facts) } = options
  const tipTime = facts.snapshot.committedAt!.getTime() / 1000
  const parsed = parseParameters({ name: definition.name, parameters: definition.takes }, parameters, tipTime)
  const now = typeof parsed["now"] === "string" ? Date.parse(parsed["now"]) / 1000 : tipTime
  const context = new InsightContext({ facts: held, rules: readRules(rules), now, complete: true })
  return definition.compute(context, parsed)
}

/** One column of a table by another. */
export function columnBy(rows: InsightTable["rows"], key: string, column: string): Record<string, Json | undefined> {
  return Object.fromEntries(rows.map((row) => [String(row[key]), row[column]]))
}
