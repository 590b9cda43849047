import type { RepositoryReference } from "./statistics.js"
import type { Json } from "./job.js"

/** A metric computed from a snapshot's facts. Each has a page of its own in the documents. */
export type InsightName =
  | "summary"
  | "contributors"
  | "churn"
  | "hotspots"
  | "coupling"
  | "ownership"
  | "bus-factor"
  | "age"
  | "burndown"
  | "survival"
  | "activity"
  | "punch-card"
  | "releases"
  | "languages"
  | "files"
  | "identities"

/**
 * One metric of one snapshot, with everything that is needed to understand it and to count it again. Keys of `values` and rows
 * are camelCase here, and snake_case over HTTP, in CSV and in files.
 */
export interface Insight {
  readonly name: InsightName
  /** What exactly was counted, in a sentence or two, with its formula. */
  readonly definition: string
  /** As they were used, defaults included. */
  readonly parameters: Readonly<Record<string, Json>>
  /** What was left out, and why. Only what something was left out for. */
  readonly exclusions: readonly InsightExclusion[]
  readonly snapshot: InsightSnapshot
  /** The numbers that are one for the whole: `truckFactor`, `halfLifeDays`. */
  readonly values: Readonly<Record<string, Json>>
  /** The keys of the rows, in their order. */
  readonly columns: readonly string[]
  /** One page of the table. Its order is part of the definition. */
  readonly rows: readonly Readonly<Record<string, Json>>[]
  /** Rows of all pages: nothing is ever cut off silently. */
  readonly total: number
  /** Opaque; present when there are more rows. */
  readonly cursor: string | undefined
}

export interface InsightExclusion {
  /** `bots`, `vendored`, `generated`, `documentation`, `largeChangesets`, `invalidTime`, `path`, … */
  readonly what: string
  readonly count: number
  /** What is counted: `people`, `files`, `commits`. */
  readonly unit: string
  readonly reason: string
}

export interface InsightSnapshot {
  readonly number: number
  readonly commit: string
  readonly branch: string
  readonly committedAt: Date | undefined
  /** `undefined` while it is not complete. */
  readonly publishedAt: Date | undefined
  /** A newer one is being built. */
  readonly stale: boolean
  /**
   * `false`: the repository is read for the first time, and these are the first numbers of it, of commits and people only. What
   * needs more than them rejects with `SNAPSHOT_NOT_READY` until the snapshot is published.
   */
  readonly complete: boolean
}

/** A parameter that some insights take. What it means is the same in all of them. */
export interface InsightParameter {
  /** camelCase: `minShared`. Over HTTP `min_shared`. */
  readonly name: string
  readonly about: string
  /** As text. `undefined`: none. */
  readonly default: string | undefined
}

export interface InsightDescription {
  readonly name: InsightName
  readonly title: string
  readonly definition: string
  readonly parameters: readonly InsightParameter[]
  /** The keys of `values` and of rows, each with what it means. */
  readonly values: Readonly<Record<string, string>>
  readonly columns: Readonly<Record<string, string>>
}

export interface InsightQuery {
  /**
   * As text, as they come from a URL or a command line; a list is separated by commas. Those that are not named have their
   * defaults.
   */
  readonly parameters?: Readonly<Record<string, string>>
  /** Of a snapshot that is still kept. Default: the published one. */
  readonly snapshot?: number | undefined
  /** Rows of a page: 1 to 1,000, default 100. `all` for all of them. */
  readonly limit?: number | "all" | undefined
  readonly cursor?: string | undefined
}

/**
 * Reads insights. Every answer belongs to one snapshot, also while a newer one is being built.
 *
 * Rejects with `SNAPSHOT_NOT_READY` while the repository has no published snapshot (or not the one asked for), with
 * `REPOSITORY_NOT_FOUND`, and with `INVALID_INPUT` for a parameter that the insight does not take or whose value it cannot read.
 */
export interface InsightReader {
  readonly descriptions: readonly InsightDescription[]
  read(repository: RepositoryReference, name: InsightName, query?: InsightQuery): Promise<Insight>
  /** The snapshots whose insights can be read, newest first. */
  snapshots(repository: RepositoryReference): Promise<readonly InsightSnapshot[]>
  /** What rose and fell from one snapshot to another. */
  compare(repository: RepositoryReference, snapshots: { base: number; head: number }): Promise<SnapshotComparison>
}

export interface SnapshotComparison {
  readonly base: InsightSnapshot
  readonly head: InsightSnapshot
  /** The numbers of the summary, by key. */
  readonly values: Readonly<
    Record<string, { readonly base: Json; readonly head: Json; readonly difference: number | null }>
  >
  /** Files whose score as a hotspot changed most, by how much. */
  readonly hotspots: readonly { readonly path: string; readonly base: number; readonly head: number }[]
}
