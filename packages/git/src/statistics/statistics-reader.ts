import type { RepositoryReference, StatisticsReader } from "@assay/core"
import { openSnapshotFacts } from "../facts/open-snapshot-facts.js"
import type { SnapshotFacts } from "../facts/snapshot-facts.js"
import type { ReadySnapshot } from "../facts/snapshot-rows.js"
import { findPublished, startOfWindow } from "./find-published.js"
import type { StatisticsSources } from "./find-published.js"
import { readDays } from "./read-activity.js"
import { readBusFactor } from "./read-bus-factor.js"
import { readChurn } from "./read-churn.js"
import { readContributors } from "./read-contributors.js"
import { readFilesPage } from "./read-files-page.js"
import type { PresentFilesQuery } from "./read-present-files.js"

/**
 * Reads numbers from the facts that `repository.index` wrote. What depends on changes is counted here, block by block of the
 * history; the rest is asked of the database.
 */
export function createStatisticsReader(sources: StatisticsSources): StatisticsReader {
  const { database } = sources
  async function open(repository: RepositoryReference): Promise<{
    published: ReadySnapshot
    facts: SnapshotFacts
    query: PresentFilesQuery
  }> {
    const published = await findPublished(sources, repository)
    const of = { tenant: repository.tenant, repositoryId: repository.id, snapshot: published }
    const query = { database, repositoryId: repository.id, snapshot: published.number }
    return { published, facts: openSnapshotFacts(database, of), query }
  }
  return {
    async contributors(repository, page) {
      const { published, query } = await open(repository)
      return {
        items: await readContributors(database, { ...query, ...page, order: "name", bots: true }),
        total: published.totals.contributors,
      }
    },
    async files(repository, page) {
      const { published, facts, query } = await open(repository)
      return { items: await readFilesPage(facts, { ...query, ...page }), total: published.totals.files }
    },
    async busFactor(repository, { threshold, days, exclude }) {
      const { published, facts, query } = await open(repository)
      return readBusFactor(facts, { ...query, since: startOfWindow(published, days), threshold, exclude })
    },
    async churn(repository, { days, ...page }) {
      const { published, facts, query } = await open(repository)
      return readChurn(facts, { ...query, since: startOfWindow(published, days), ...page, exclude: false })
    },
    async commitActivity(repository, { days, now = new Date() }) {
      const { facts } = await open(repository)
      return readDays(facts, { until: now, days })
    },
  }
}
