import { AssayError } from "@assay/core"
import type { RepositoryReference, RepositoryStore, StatisticsReader } from "@assay/core"

const day = (date: string): Date => new Date(`${date}T12:00:00Z`)

const contributors = ["Ada", "Grace", "Linus"].map((name, index) => ({
  id: index + 1,
  name,
  email: `${name.toLowerCase()}@example.org`,
  commits: 10 - index,
  additions: 100,
  deletions: 5,
  filesTouched: 3,
  bot: false,
  firstCommitAt: day("2026-01-01"),
  lastCommitAt: day("2026-11-01"),
}))

const files = [
  {
    id: 1,
    path: "src/index.ts",
    language: "TypeScript",
    bytes: 900,
    lines: 40,
    binary: false,
    lastModifiedAt: day("2026-11-01"),
  },
  {
    id: 2,
    path: "logo.png",
    language: undefined,
    bytes: 5000,
    lines: undefined,
    binary: true,
    lastModifiedAt: undefined,
  },
]

const churn = [
  {
    path: "src/index.ts",
    commits: 7,
    linesChanged: 70,
    score: 91.5,
    category: "hotspot" as const,
    lastModifiedAt: day("2026-11-01"),
  },
]

/** Answers the same numbers for every published repository. */
export function createFixedStatistics(repositories: RepositoryStore): StatisticsReader {
  async function check({ id, tenant }: RepositoryReference): Promise<void> {
    const repository = await repositories.get(id, tenant)
    if (!repository) throw new AssayError("REPOSITORY_NOT_FOUND", `There is no repository ${id}.`)
    if (!repository.snapshot) throw new AssayError("SNAPSHOT_NOT_READY", `Repository ${id} has no snapshot.`)
  }
  const page = <Item>(items: readonly Item[], { limit, offset }: { limit: number; offset: number }) => ({
    items: items.slice(offset, offset + limit),
    total: items.length,
  })
  return {
    async contributors(repository, paging) {
      await check(repository)
      return page(contributors, paging)
    },
    async files(repository, paging) {
      await check(repository)
      return page(files, paging)
    },
    async churn(repository, paging) {
      await check(repository)
      return page(paging.days === 1 ? [] : churn, paging)
    },
    async busFactor(repository, { threshold, days }) {
      await check(repository)
      if (days === 1) return { busFactor: 0, threshold, totalFiles: 0, topContributors: [], riskLevel: "unknown" }
      const topContributors = [{ name: "Ada", email: "ada@example.org", filesOwned: 2, share: 2 / 3 }]
      return { busFactor: 1, threshold, totalFiles: 3, topContributors, riskLevel: "high" }
    },
    async commitActivity(repository, { days }) {
      await check(repository)
      return Array.from({ length: days }, (_, index) => ({
        date: new Date(Date.UTC(2026, 10, 22 - days + 1 + index)).toISOString().slice(0, 10),
        count: index % 2,
        level: index % 2 === 0 ? (0 as const) : (1 as const),
      }))
    },
  }
}
