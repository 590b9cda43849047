import type { Insight, Repository } from "@assay/core"
import type { RepositorySummary } from "@assay/git"
import type { RepositoryResults } from "../assay.js"

/** What a person is told about a repository. */
export interface RepositoryReport {
  readonly repository: Repository
  readonly summary: RepositorySummary
  /** The insight of that name. */
  readonly numbers: Insight
}

export async function readReport(results: RepositoryResults): Promise<RepositoryReport> {
  const { repository } = results
  return { repository, summary: await results.summary(), numbers: await results.insight("summary") }
}
