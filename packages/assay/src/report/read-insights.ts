import type { Insight, InsightName } from "@assay/core"
import { chartSources } from "@assay/charts"
import type { RepositoryResults } from "../assay.js"

/** Every insight with its defaults and all of its rows, by its name. */
export async function readInsights(
  results: Pick<RepositoryResults, "insight">,
  names: readonly InsightName[],
): Promise<Record<string, Insight>> {
  const insights: Record<string, Insight> = {}
  // One after the other: they share what they are computed from.
  for (const name of names) insights[name] = await results.insight(name, { limit: "all" })
  return insights
}

/** What the charts are drawn from, by the keys that they know it by; taken from `known`, which has defaults, where that is the same. */
export async function readChartInsights(
  results: Pick<RepositoryResults, "insight">,
  known: Readonly<Record<string, Insight>>,
): Promise<Record<string, Insight>> {
  const insights: Record<string, Insight> = { ...known }
  for (const { key, insight, parameters } of Object.values(chartSources).flat()) {
    if (known[key] && Object.keys(parameters).length === 0) continue
    insights[key] = await results.insight(insight as InsightName, { parameters, limit: "all" })
  }
  return insights
}
