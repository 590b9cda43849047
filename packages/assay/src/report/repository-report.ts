import type { ContributorStatistics, FileChurn, Insight, Repository } from "@assay/core"
import type { RepositorySummary } from "@assay/git"
import type { FilteredResults } from "./filter-results.js"
import type { InsightFilters } from "./insight-filters.js"
import type { RepositoryResults } from "../assay.js"
import { summarizeInsights } from "./summarize-insights.js"

/** What a person is told about a repository. */
export interface RepositoryReport {
  readonly repository: Repository
  readonly summary: ReportSummary
  /** The insight of that name. */
  readonly numbers: Insight
  /** Which part of the history all of this is of. Empty: all of it. */
  readonly filters: InsightFilters
}

/** The summary of a repository or of a part of its history, in which a moment may be unknown because the clock was wrong. */
export interface ReportSummary extends Omit<RepositorySummary, "topContributors" | "hotspots"> {
  readonly topContributors: readonly (Omit<ContributorStatistics, "id" | "bot" | "firstCommitAt" | "lastCommitAt"> & {
    readonly firstCommitAt: Date | undefined
    readonly lastCommitAt: Date | undefined
  })[]
  readonly hotspots: readonly (Omit<FileChurn, "lastModifiedAt"> & { readonly lastModifiedAt: Date | undefined })[]
  readonly lastCommitAt: Date | undefined
}

export async function readReport(
  results: Pick<RepositoryResults, "repository" | "summary" | "insight"> & Partial<Pick<FilteredResults, "filters">>,
): Promise<RepositoryReport> {
  const { repository, filters = {} } = results
  const numbers = await results.insight("summary")
  if (Object.keys(filters).length > 0) {
    return { repository, numbers, filters, summary: await summarizeInsights(results, numbers) }
  }
  const summary = await results.summary()
  return { repository, numbers, filters, summary: { ...summary, lastCommitAt: summary.snapshot.committedAt } }
}
