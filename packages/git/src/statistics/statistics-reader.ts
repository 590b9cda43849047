import type { StatisticsReader } from "@assay/core"
import { findPublished, startOfWindow } from "./find-published.js"
import type { StatisticsSources } from "./find-published.js"
import { readDays } from "./read-activity.js"
import { readBusFactor } from "./read-bus-factor.js"
import { readChurn } from "./read-churn.js"
import { readContributors } from "./read-contributors.js"
import { readFilesPage } from "./read-files-page.js"

/**
 * Reads numbers from the facts that `repository.index` wrote. The database does the counting: no answer costs more memory
 * than the page that was asked for.
 */
export function createStatisticsReader(sources: StatisticsSources): StatisticsReader {
  const { database } = sources
  return {
    async contributors(repository, page) {
      const { number, totals } = await findPublished(sources, repository)
      const query = { repositoryId: repository.id, snapshot: number, ...page }
      return {
        items: await readContributors(database, { ...query, order: "name", bots: true }),
        total: totals.contributors,
      }
    },
    async files(repository, page) {
      const { number, totals } = await findPublished(sources, repository)
      const items = await readFilesPage(database, { repositoryId: repository.id, snapshot: number, ...page })
      return { items, total: totals.files }
    },
    async busFactor(repository, { threshold, days, exclude }) {
      const published = await findPublished(sources, repository)
      const since = startOfWindow(published, days)
      const query = { repositoryId: repository.id, snapshot: published.number, since }
      return readBusFactor(database, { ...query, threshold, exclude })
    },
    async churn(repository, { days, ...page }) {
      const published = await findPublished(sources, repository)
      const since = startOfWindow(published, days)
      const query = { repositoryId: repository.id, snapshot: published.number, since }
      return readChurn(database, { ...query, ...page, exclude: false })
    },
    async commitActivity(repository, { days, now = new Date() }) {
      const { number } = await findPublished(sources, repository)
      return readDays(database, { repositoryId: repository.id, snapshot: number, until: now, days })
    },
  }
}
