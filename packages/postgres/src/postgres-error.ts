// Two copies of this package may be loaded at once; a registered symbol recognises both.
const marker = Symbol.for("@assay/postgres/error")

export interface PostgresErrorFields {
  readonly hint?: string | undefined
  readonly constraint?: string | undefined
  readonly schema?: string | undefined
  readonly table?: string | undefined
  readonly column?: string | undefined
}

/**
 * The server refused a statement. `code` is its SQLSTATE (`23505`: a unique index said no). Of what the server said only
 * the parts that cannot hold a value of a row or a parameter are kept, because errors end up in logs.
 */
export class PostgresError extends Error {
  override readonly name = "PostgresError"
  readonly [marker] = true
  readonly code: string
  /** True after a deadlock or a serialization failure: the same transaction may succeed if it is run again. */
  readonly retryable: boolean
  readonly hint: string | undefined
  readonly constraint: string | undefined
  readonly schema: string | undefined
  readonly table: string | undefined
  readonly column: string | undefined

  constructor(code: string, message: string, fields: PostgresErrorFields = {}) {
    super(message)
    this.code = code
    this.retryable = code === "40001" || code === "40P01" || code === "55P03"
    this.hint = fields.hint
    this.constraint = fields.constraint
    this.schema = fields.schema
    this.table = fields.table
    this.column = fields.column
  }

  static isInstance(error: unknown): error is PostgresError {
    return typeof error === "object" && error !== null && marker in error
  }
}

/** After a failed statement PostgreSQL answers `commit` with a rollback, and no error. */
export function aborted(): PostgresError {
  return new PostgresError("25P02", "A statement of the transaction had failed, so nothing was committed.")
}
