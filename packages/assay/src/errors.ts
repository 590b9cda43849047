/** What a caller may branch on. Codes are stable; messages are for people and may change. */
export type SetupErrorCode =
  /** Flags, environment or `.env` hold something that cannot be used. `problems` lists all of it. */
  | "SETTINGS_INVALID"
  /** The command line does not say what to do. */
  | "USAGE"
  /** Another program listens on the port. */
  | "PORT_IN_USE"
  /** The address cannot be bound, for another reason than that. */
  | "ADDRESS_UNUSABLE"
  /** The data folder, or a file in it, cannot be made, read or written. */
  | "DATA_FOLDER_UNUSABLE"
  /** A file that the command was told to write cannot be written. */
  | "FILE_UNWRITABLE"
  /** A condition of `--fail-on` holds. */
  | "GATE_FAILED"
  /** `--timeout` passed before the result was there. */
  | "TIMED_OUT"

// Two copies of this package may be loaded at once; a registered symbol recognises the errors of both.
const marker = Symbol.for("assay/error")

export interface SetupErrorOptions {
  cause?: unknown
  /** Whether the same call may succeed if it is made again. Default `false`. */
  retryable?: boolean
  /** A sentence that says what to do about it. */
  hint?: string
}

/** Something that stands in the way of starting, or of a command's result. The message is fit for the operator's eyes. */
export class SetupError extends Error {
  override readonly name: string = "SetupError"
  readonly [marker] = true
  readonly code: SetupErrorCode
  readonly retryable: boolean
  readonly hint: string | undefined

  constructor(code: SetupErrorCode, message: string, options: SetupErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
    this.hint = options.hint
  }

  static isInstance(error: unknown): error is SetupError {
    return typeof error === "object" && error !== null && marker in error
  }
}
