import { AssayError } from "@assay/core"
import type { Counted, InsightReader, Repository, StatisticsPage, StatisticsReader } from "@assay/core"
import type { RepositorySummary } from "@assay/git"
import type { RepositoryResults } from "./assay.js"

export interface ResultsSources {
  readonly statistics: StatisticsReader
  readonly insights: InsightReader
  summary(repository: Repository): Promise<RepositorySummary>
}

const pageSize = 200

export function createRepositoryResults(repository: Repository, sources: ResultsSources): RepositoryResults {
  const { statistics, insights } = sources
  const { snapshot } = repository
  if (!snapshot) {
    throw new AssayError("SNAPSHOT_NOT_READY", `${repository.name} has not been indexed yet.`, {
      hint: "Wait for its job: `await (await assay.index(repository)).result()`.",
    })
  }
  return {
    repository,
    snapshot,
    summary: () => sources.summary(repository),
    insight: (name, query) => insights.read(repository, name, query),
    busFactor: (options) => statistics.busFactor(repository, { threshold: 0.5, days: 0, exclude: true, ...options }),
    contributors: () => pages((page) => statistics.contributors(repository, page)),
    files: () => pages((page) => statistics.files(repository, page)),
    hotspots: ({ days = 0 } = {}) => pages((page) => statistics.churn(repository, { ...page, days })),
    commitActivity: ({ days = 90 } = {}) => statistics.commitActivity(repository, { days }),
  }
}

async function* pages<Item>(read: (page: StatisticsPage) => Promise<Counted<Item>>): AsyncGenerator<Item, void> {
  for (let offset = 0; ; offset += pageSize) {
    const { items, total } = await read({ limit: pageSize, offset })
    yield* items
    if (items.length === 0 || offset + items.length >= total) return
  }
}
