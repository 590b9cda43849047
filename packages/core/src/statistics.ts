/**
 * Reads the numbers of a repository's published snapshot. The contract stands here so that those who show numbers do not
 * depend on those who compute them. Every answer belongs to one snapshot, also while a newer one is being built.
 *
 * All methods reject with `SNAPSHOT_NOT_READY` while the repository has no published snapshot, and with
 * `REPOSITORY_NOT_FOUND` when the tenant has no such repository.
 */
export interface StatisticsReader {
  /** By name, then e-mail address. */
  contributors(repository: RepositoryReference, page: StatisticsPage): Promise<Counted<ContributorStatistics>>
  /** By lines, largest first, then path. */
  files(repository: RepositoryReference, page: StatisticsPage): Promise<Counted<FileStatistics>>
  busFactor(repository: RepositoryReference, options: BusFactorOptions): Promise<BusFactor>
  /** By score, highest first, then path. */
  churn(
    repository: RepositoryReference,
    options: StatisticsPage & { /** Only commits of the last days before the snapshot; 0 for all. */ days: number },
  ): Promise<Counted<FileChurn>>
  /** One entry per UTC day, oldest first, days without commits included, ending with the day of `now`. */
  commitActivity(repository: RepositoryReference, options: { days: number; now?: Date }): Promise<DayActivity[]>
}

export interface RepositoryReference {
  readonly id: number
  readonly tenant: string
}

export interface StatisticsPage {
  readonly limit: number
  readonly offset: number
}

export interface Counted<Item> {
  readonly items: readonly Item[]
  /** Of all pages. */
  readonly total: number
}

/** One person: identities that the repository's .mailmap maps to one address, compared without regard to case. */
export interface ContributorStatistics {
  readonly id: number
  readonly name: string
  readonly email: string
  /** Non-merge commits authored. */
  readonly commits: number
  /** Lines, with renames detected at 50 %. */
  readonly additions: number
  readonly deletions: number
  /** Distinct paths touched. */
  readonly filesTouched: number
  readonly bot: boolean
  readonly firstCommitAt: Date
  readonly lastCommitAt: Date
}

/** A regular file at the snapshot's commit. */
export interface FileStatistics {
  readonly id: number
  readonly path: string
  /** After linguist's rules by name, extension or interpreter; `undefined` when unknown or binary. */
  readonly language: string | undefined
  readonly bytes: number
  /** As `git diff --numstat` against the empty tree counts; `undefined` for binary files. */
  readonly lines: number | undefined
  readonly binary: boolean
  /** Author time of the newest non-merge commit that touched the path. */
  readonly lastModifiedAt: Date | undefined
}

export interface BusFactorOptions {
  /** Share of the files that the owners counted must cover, above 0 and at most 1. Default 0.5. */
  readonly threshold: number
  /** Only commits of the last days before the snapshot; 0 for all. */
  readonly days: number
  /** Leave out vendored, generated and documentation files. */
  readonly exclude: boolean
}

/**
 * The fewest developers that own at least `threshold` of the files, where a file's owner is who added most of its lines.
 * Bots own nothing.
 */
export interface BusFactor {
  readonly busFactor: number
  readonly threshold: number
  /** Files that have an owner. */
  readonly totalFiles: number
  /** Most files first. */
  readonly topContributors: readonly {
    readonly name: string
    readonly email: string
    readonly filesOwned: number
    readonly share: number
  }[]
  readonly riskLevel: "high" | "medium" | "low" | "unknown"
}

export interface FileChurn {
  readonly path: string
  readonly commits: number
  /** Added plus deleted. */
  readonly linesChanged: number
  /** `100 · sqrt(commits/most commits · lines at HEAD/most lines)` over all files, after Tornhill. */
  readonly score: number
  readonly category: "hotspot" | "frequent" | "massive" | "stable"
  readonly lastModifiedAt: Date
}

export interface DayActivity {
  /** `2026-11-22` */
  readonly date: string
  readonly count: number
  /** 0 none, 1 up to two, 2 up to five, 3 up to ten, 4 more. */
  readonly level: 0 | 1 | 2 | 3 | 4
}
