import type { Repository } from "@assay/core"
import type { RepositorySummary } from "@assay/git"
import type { RepositoryResults } from "../assay.js"

/** What a person is told about a repository. */
export interface RepositoryReport {
  readonly repository: Repository
  readonly summary: RepositorySummary
}

export async function readReport(results: RepositoryResults): Promise<RepositoryReport> {
  return { repository: results.repository, summary: await results.summary() }
}
