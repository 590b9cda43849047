import type { Insight } from "@assay/core"
import { snakeCase, toInsightView } from "@assay/http-adapter"
import type { RepositoryReport } from "./repository-report.js"

/** The report for programs. Members are named as in the HTTP API; they may grow in number, and keep their meaning. */
export function reportDocument(
  { repository, summary, numbers, filters }: RepositoryReport,
  insights: Readonly<Record<string, Insight>>,
): object {
  const { snapshot, totals, topContributors, languages, hotspots, busFactor, weeks } = summary
  return {
    repository: { url: repository.url, name: repository.name },
    snapshot: {
      commit: snapshot.commit,
      branch: snapshot.branch,
      committed_at: snapshot.committedAt?.toISOString() ?? null,
    },
    // As they were used, and only those that were given.
    filters: Object.fromEntries(
      Object.keys(filters).map((name) => [snakeCase(name), numbers.parameters[name] ?? null]),
    ),
    totals: {
      commits: totals.commits,
      merge_commits: totals.mergeCommits,
      contributors: totals.contributors,
      files: totals.files,
      lines: totals.lines,
      additions: totals.additions,
      deletions: totals.deletions,
    },
    bus_factor: {
      bus_factor: busFactor.busFactor,
      threshold: busFactor.threshold,
      total_files: busFactor.totalFiles,
      risk_level: busFactor.riskLevel,
      top_contributors: busFactor.topContributors.map(({ name, email, filesOwned, share }) => ({
        name,
        email,
        files_owned: filesOwned,
        share,
      })),
    },
    top_contributors: topContributors.map((contributor) => ({
      name: contributor.name,
      email: contributor.email,
      commits: contributor.commits,
      additions: contributor.additions,
      deletions: contributor.deletions,
      files_touched: contributor.filesTouched,
      first_commit_at: contributor.firstCommitAt?.toISOString() ?? null,
      last_commit_at: contributor.lastCommitAt?.toISOString() ?? null,
    })),
    languages: languages.map(({ name, files, bytes, lines, share }) => ({ name, files, bytes, lines, share })),
    hotspots: hotspots.map((file) => ({
      file_path: file.path,
      commit_count: file.commits,
      lines_changed: file.linesChanged,
      churn_score: file.score,
      category: file.category,
      last_modified: file.lastModifiedAt?.toISOString() ?? null,
    })),
    weeks: weeks.map(({ start, commits }) => ({ start, commits })),
    insights: Object.fromEntries(
      Object.entries(insights).map(([name, insight]) => [name, toInsightView(insight, repository.id)]),
    ),
  }
}
