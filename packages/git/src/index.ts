export { GitError } from "./errors.js"
export type { GitErrorCode, GitErrorOptions, RefusedBecause } from "./errors.js"

export { createGit } from "./process/git.js"
export type {
  CommandOptions,
  Git,
  GitOptions,
  RemoteAccess,
  RepositoryFolder,
  RunOptions,
  StreamOptions,
} from "./process/git.js"
export type { GitCredentials } from "./process/askpass.js"
export type { GitProcess } from "./process/git-process.js"
export type { GitVersion } from "./process/git-version.js"
export type { ObjectFormat } from "./process/git-environment.js"

export { parseRemoteUrl } from "./remote/remote-url.js"
export type { RemotePolicy, RemoteUrl } from "./remote/remote-url.js"
export { parseTrustedPrefixes } from "./remote/trusted-prefix.js"
export type { TrustedPrefix } from "./remote/trusted-prefix.js"
export { parseEgressProxy } from "./remote/egress-proxy.js"
export type { EgressProxy } from "./remote/egress-proxy.js"
export type { Resolver } from "./remote/address-guard.js"

export { createMirrors } from "./mirror/mirrors.js"
export type { FetchOptions, FetchResult, Mirrors, MirrorsOptions } from "./mirror/mirrors.js"
export type { Mirror } from "./mirror/mirror.js"
export type { StorageUsage, StoredMirror } from "./mirror/mirror-storage.js"
export type { MirrorUse } from "./mirror/mirror-use.js"
export { createRepositorySource } from "./mirror/repository-source.js"
export type { RepositorySourceOptions } from "./mirror/repository-source.js"
export type { FetchLimits } from "./mirror/fetch-refs.js"
export type { FetchProgress } from "./mirror/fetch-progress.js"

export { checkMailmap } from "./history/check-mailmap.js"
export { readBlobs } from "./history/read-blobs.js"
export type { Blob } from "./history/read-blobs.js"
export { readChanges } from "./history/read-changes.js"
export type { ChangeBlock, ReadChangesOptions } from "./history/read-changes.js"
export { readCommits } from "./history/read-commits.js"
export { readLines, readTree } from "./history/read-tree.js"
export type { ReadTreeOptions } from "./history/read-tree.js"
export { countRevisions, hasCommit, isAncestor, readRevisions } from "./history/revisions.js"
export type { AncestryOptions, RevisionOptions } from "./history/revisions.js"

export { createLanguageDetector } from "./languages/language-detector.js"
export type { LanguageDetector } from "./languages/language-detector.js"
export type { Language } from "./languages/language-table.js"

export { createDiffTreeParser, diffTreeOptions } from "./parse/parse-diff-tree.js"
export type { Change, CommitChanges, DiffTreeListener, DiffTreeParser } from "./parse/parse-diff-tree.js"
export type { Commit, Identity, Moment } from "./parse/parse-log.js"
export type { FileLines, TreeEntry } from "./parse/parse-ls-tree.js"
export { decodePath, encodePath } from "./parse/path-text.js"

export { openFirstFacts } from "./facts/open-first-facts.js"
export type { FirstFacts } from "./facts/open-first-facts.js"
export { openSnapshotFacts } from "./facts/open-snapshot-facts.js"
export type { FactsOfSnapshot } from "./facts/open-snapshot-facts.js"
export type {
  ChangeColumns,
  CommitColumns,
  FileLineBirths,
  FileRow,
  HistoryBlock,
  IdentityFacts,
  LineLedger,
  SnapshotFacts,
  SnapshotOfFacts,
  TagFacts,
} from "./facts/snapshot-facts.js"
export { gitMigrations } from "./facts/migrations.js"
export { deleteRepository, indexRepository, updateRepository } from "./jobs/definitions.js"
export type { DeleteResult, IndexResult } from "./jobs/definitions.js"
export { createRepositoryHandlers, registerRepositoryJobs } from "./jobs/repository-jobs.js"
export type { RepositoryHandlers, RepositoryJobsOptions } from "./jobs/repository-jobs.js"

export { createStatisticsReader } from "./statistics/statistics-reader.js"
export { createSummaryReader } from "./statistics/summary-reader.js"
export type { RepositorySummary, SummaryReaderOptions } from "./statistics/summary-reader.js"
export type { StatisticsSources } from "./statistics/find-published.js"
export type { WeekActivity } from "./statistics/read-activity.js"
export type { LanguageStatistics } from "./statistics/read-languages.js"

export { checkInsightParameters } from "./insights/check-insight-parameters.js"
export { createInsightPreparer } from "./insights/insight-preparer.js"
export type { InsightPreparer } from "./insights/insight-preparer.js"
export { createInsightReader } from "./insights/insight-reader.js"
export type { InsightFacts, InsightReaderOptions, PreparingInsightReader } from "./insights/insight-reader.js"
export type { InsightRulesOptions } from "./insights/insight-rules.js"
