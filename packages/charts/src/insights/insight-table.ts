/** What JSON can say. */
export type Value = string | number | boolean | null | undefined | readonly Value[] | { readonly [key: string]: Value }

export type Row = Readonly<Record<string, Value>>

/** One metric of one snapshot, with what is needed to understand it. Keys of `values` and of rows are camelCase. */
export interface InsightTable {
  /** What was counted, in a sentence or two. */
  readonly definition: string
  /** As they were used. */
  readonly parameters: Row
  readonly exclusions: readonly Exclusion[]
  readonly snapshot?: Snapshot | undefined
  /** The numbers that are one for the whole. */
  readonly values: Row
  /** The keys of the rows, in their order. */
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
  /** Rows that there are, if these are not all. */
  readonly total?: number | undefined
}

/** Something that was left out of a metric. */
export interface Exclusion {
  /** `bots`, `vendored`. */
  readonly what: string
  readonly count: number
  /** What is counted: `people`, `files`, `commits`. */
  readonly unit: string
  readonly reason: string
}

export interface Snapshot {
  readonly number?: number | undefined
  readonly commit?: string | undefined
  readonly branch?: string | undefined
  readonly committedAt?: Date | string | undefined
  /** A newer one is being built. */
  readonly stale?: boolean | undefined
  /** `false`: these are the first numbers of a repository that is still being read. */
  readonly complete?: boolean | undefined
}

/**
 * Insights by name; what is not there is not drawn. Two charts need `activity` with different parameters: `chartSources` says under
 * which key each is looked for.
 */
export type Insights = Readonly<Record<string, InsightTable | undefined>>
