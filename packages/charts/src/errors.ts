/** What a caller may branch on. Codes are stable; messages are for people and may change. */
export type ChartErrorCode =
  /** An option is out of its range. The message names it. */
  | "INVALID_OPTION"
  /** A number of the data is negative or none, or a date cannot be read. The message says which. */
  | "INVALID_DATA"
  /** There is no chart of that name. */
  | "UNKNOWN_CHART"

// Two copies of this package may be loaded at once; a registered symbol recognises the errors of both.
const marker = Symbol.for("@assay/charts/error")

/** Nothing here waits for anything, so trying again never helps. */
export class ChartError extends Error {
  readonly code: ChartErrorCode
  readonly retryable = false

  constructor(code: ChartErrorCode, message: string) {
    super(message)
    this.name = "ChartError"
    this.code = code
    Object.defineProperty(this, marker, { value: true })
  }

  static isInstance(error: unknown): error is ChartError {
    return typeof error === "object" && error !== null && marker in error
  }
}
