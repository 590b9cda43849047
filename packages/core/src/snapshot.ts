/** One complete, published set of results for one commit of one repository. */
export interface Snapshot {
  readonly id: number
  /** 1, 2, 3 … per repository. */
  readonly number: number
  /** Hexadecimal object id of the commit it describes. */
  readonly commit: string
  readonly branch: string
  readonly publishedAt: Date
  readonly totals: SnapshotTotals
}

/** Counted over all commits reachable from the snapshot's commit; lines over non-merge commits only. */
export interface SnapshotTotals {
  readonly commits: number
  readonly mergeCommits: number
  readonly contributors: number
  readonly files: number
  readonly lines: number
  readonly additions: number
  readonly deletions: number
}
