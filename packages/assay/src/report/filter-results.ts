import type { InsightDescription, InsightName } from "@assay/core"
import type { RepositoryResults } from "../assay.js"
import { filterNames, namedAsOptions, optionOf } from "./insight-filters.js"
import type { FilterName, InsightFilters } from "./insight-filters.js"

export interface FilteredResults extends Pick<RepositoryResults, "repository" | "summary" | "insight"> {
  readonly filters: InsightFilters
  /** Sentences about the insights that were read: which filters they do not take, and that the summary takes them in part. */
  notes(): string[]
}

const ofSummary =
  "In the summary, files, languages, the age of lines, releases and the half-life follow only some filters or none; its definition says which."

/** Results whose insights are read with the filters that each of them takes. Filters win over what else is asked for. */
export function filterResults(
  results: RepositoryResults,
  { filters, descriptions }: { filters: InsightFilters; descriptions: readonly InsightDescription[] },
): FilteredResults {
  const missed = new Map<FilterName, Set<InsightName>>()
  let summaryWasRead = false
  const given = filterNames.flatMap((name) => {
    const text = filters[name]
    return text === undefined ? [] : [{ name, text }]
  })

  function filtersOf(insight: InsightName): Record<string, string> {
    const taken = new Set(descriptions.find(({ name }) => name === insight)?.parameters.map(({ name }) => name))
    if (insight === "summary" && given.length > 0) summaryWasRead = true
    for (const { name } of given) {
      if (!taken.has(name)) missed.set(name, (missed.get(name) ?? new Set()).add(insight))
    }
    return Object.fromEntries(given.filter(({ name }) => taken.has(name)).map(({ name, text }) => [name, text]))
  }

  return {
    repository: results.repository,
    summary: () => results.summary(),
    filters,
    async insight(name, query = {}) {
      const parameters = { ...query.parameters, ...filtersOf(name) }
      try {
        return await results.insight(name, { ...query, parameters })
      } catch (error) {
        throw namedAsOptions(error)
      }
    },
    notes: () => [
      ...[...missed].map(([name, insights]) => {
        const [these, are] = insights.size === 1 ? ["This insight does", "is"] : ["These insights do", "are"]
        return `${these} not take ${optionOf(name)} and ${are} without it: ${[...insights].sort().join(", ")}.`
      }),
      ...(summaryWasRead ? [ofSummary] : []),
    ],
  }
}
