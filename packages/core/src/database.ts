/**
 * All that Assay asks of a PostgreSQL client. `pg` and PGlite both fit; so does a host application's own pool
 * once it is wrapped. Packages that keep tables (`@assay/git`, `@assay/analysis`) speak to this contract only.
 */
export interface Database extends Transaction {
  /**
   * Runs `work` in one transaction and returns what it returns. Commits when `work` resolves; rolls back and rethrows
   * when it rejects. `work` must use the transaction it is given: on a database with a single session (PGlite) a call
   * on the outer database would wait for the transaction that waits for it.
   */
  transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>
  /** Releases what the database itself opened. Safe to call twice. */
  close(): Promise<void>
}

/** One open transaction, or a database outside of one: everything that can be said to it. */
export interface Transaction {
  /**
   * Runs one statement with `$1`-style parameters and returns its rows. Arrays are passed as PostgreSQL arrays.
   * `bigint` columns come back as `number`, `timestamptz` as `Date`, `json`/`jsonb` parsed, `bytea` as `Uint8Array`.
   */
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>
  /** Runs several statements that take no parameters, as migrations do. */
  exec(script: string): Promise<void>
  /**
   * Inserts many rows in as few round trips as the database allows. `columns` maps each column to its PostgreSQL type
   * (`{ path: "text", added: "int" }`); `rows` holds one array of values per *column*, all of the same length,
   * because that is the form that both `unnest` and a streaming parser produce.
   */
  insertColumns(insert: ColumnarInsert): Promise<void>
}

export interface ColumnarInsert {
  /** Qualified table name, written by a programmer and never taken from input: `assay.changes`. */
  table: string
  columns: Readonly<Record<string, string>>
  values: readonly (readonly unknown[])[]
  /** Appended verbatim: `on conflict do nothing`. */
  onConflict?: string
}

/** A step of the schema. An owner's ids sort in the order they apply; they are never changed once published. */
export interface Migration {
  /** `core-0001-jobs`: the owner, a growing number, a name. Unique over all packages. */
  id: string
  /** May hold several statements; runs in one transaction with the record that it ran. */
  sql: string
}
