import type { BusFactor, ContributorStatistics, FileChurn, RepositoryReference, SnapshotTotals } from "@assay/core"
import { openSnapshotFacts } from "../facts/open-snapshot-facts.js"
import { findPublished } from "./find-published.js"
import type { StatisticsSources } from "./find-published.js"
import { readWeeks } from "./read-activity.js"
import type { WeekActivity } from "./read-activity.js"
import { readBusFactor } from "./read-bus-factor.js"
import { readChurn } from "./read-churn.js"
import { readContributors } from "./read-contributors.js"
import { readLanguages } from "./read-languages.js"
import type { LanguageStatistics } from "./read-languages.js"

/** The numbers of a repository that a person wants first, of one snapshot. */
export interface RepositorySummary {
  readonly snapshot: {
    readonly number: number
    readonly commit: string
    /** `undefined` for a repository without commits. */
    readonly committedAt: Date | undefined
    readonly branch: string
  }
  readonly totals: SnapshotTotals
  /** People with most commits first; programs are left out. */
  readonly topContributors: readonly ContributorStatistics[]
  /** Most bytes first. */
  readonly languages: readonly LanguageStatistics[]
  /** Highest score first; vendored, generated and documentation files are left out. */
  readonly hotspots: readonly FileChurn[]
  /** For half of the files; vendored, generated and documentation files are left out. */
  readonly busFactor: BusFactor
  /** Twelve weeks, oldest first, the last of them with the snapshot's commit. None for a repository without commits. */
  readonly weeks: readonly WeekActivity[]
}

export interface SummaryReaderOptions extends StatisticsSources {
  /** How many contributors, languages and hotspots. Default 5, 8 and 5. */
  limits?: { contributors?: number; languages?: number; hotspots?: number }
}

const weeks = 12

/**
 * Makes a function that sums a repository up. Rejects with `SNAPSHOT_NOT_READY` while it has no published snapshot, and
 * with `REPOSITORY_NOT_FOUND` when the tenant has no such repository.
 */
export function createSummaryReader(
  options: SummaryReaderOptions,
): (repository: RepositoryReference) => Promise<RepositorySummary> {
  const { database } = options
  const limits = { contributors: 5, languages: 8, hotspots: 5, ...options.limits }
  return async (repository) => {
    const published = await findPublished(options, repository)
    const { number, commit, committedAt, branch, totals } = published
    const facts = openSnapshotFacts(database, {
      ...{ tenant: repository.tenant, repositoryId: repository.id, snapshot: published },
    })
    const query = {
      database,
      repositoryId: repository.id,
      snapshot: number,
      since: undefined,
      exclude: true,
      offset: 0,
    }
    return {
      snapshot: { number, commit, committedAt, branch },
      totals,
      topContributors: await readContributors(database, {
        ...query,
        ...{ order: "commits", bots: false, limit: limits.contributors },
      }),
      languages: await readLanguages(database, { ...query, limit: limits.languages }),
      hotspots: (await readChurn(facts, { ...query, limit: limits.hotspots })).items,
      busFactor: await readBusFactor(facts, { ...query, threshold: 0.5 }),
      weeks: committedAt ? await readWeeks(facts, { until: committedAt, weeks }) : [],
    }
  }
}
