/** Rows of input for a statement that treats many at once: one array per column, joined again by `unnest`. */
export interface InputRows<Row> {
  /** For `from`: `unnest($2::text[], $3::int[]) with ordinality as input(job_id, fence, position)`. */
  readonly from: string
  /** The parameter after those of `from`. */
  readonly nextParameter: number
  values(rows: readonly Row[]): unknown[][]
}

/** Per column its PostgreSQL type and its value in a row; `undefined` is null. */
export type InputColumns<Row> = Readonly<Record<string, readonly [type: string, value: (row: Row) => unknown]>>

/** `position` is added: 1 for the first row, and so on. */
export function inputRows<Row>(columns: InputColumns<Row>, firstParameter = 2): InputRows<Row> {
  const names = Object.keys(columns)
  const arrays = Object.values(columns).map(([type], index) => `$${firstParameter + index}::${type}[]`)
  return {
    from: `unnest(${arrays.join(", ")}) with ordinality as input(${[...names, "position"].join(", ")})`,
    nextParameter: firstParameter + names.length,
    values: (rows) => Object.values(columns).map(([, value]) => rows.map(value)),
  }
}

/** JSON as a parameter: strings have to be told from text. */
export function jsonText(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value)
}

/**
 * The time, in statements whose first parameter is the time that a test has set, or null. In milliseconds, because that is
 * what a `Date` holds: what is read can be compared with what is stored.
 */
export const now = "date_trunc('milliseconds', coalesce($1::timestamptz, clock_timestamp()))"
