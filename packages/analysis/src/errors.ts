/** What a caller may branch on. Codes are stable; messages are for people and may change. */
export type AnalysisErrorCode =
  /** There is no key for Potpie here. */
  | "POTPIE_NOT_CONFIGURED"
  /** The project ended as `error` or `failed` at Potpie, which never says why. */
  | "POTPIE_PARSE_FAILED"
  /** Potpie did not finish parsing in time. */
  | "POTPIE_TIMEOUT"
  /** The answer is of no use: no JSON that fits, or JSON that says nothing. `raw` is its text. */
  | "POTPIE_BAD_OUTPUT"
  /** A message was sent, or was about to be, when the attempt ended; whether it was billed is not known. */
  | "ANALYSIS_UNCERTAIN"

/** Again by itself nothing of this gets better, or it costs money; a person decides. */
const hintByCode: Readonly<Record<AnalysisErrorCode, string>> = {
  POTPIE_NOT_CONFIGURED: "Set POTPIE_API_KEY for the API and for the workers.",
  POTPIE_PARSE_FAILED:
    "The repository, branch or commit does not exist, or Potpie has no access to it; it never says which. Run the job again afterwards.",
  POTPIE_TIMEOUT: "Run the job again: Potpie is then told once more to parse.",
  POTPIE_BAD_OUTPUT: "The whole text was kept. Running the job again asks once more, which is billed.",
  ANALYSIS_UNCERTAIN:
    "Look at Potpie whether the message was answered. Running the job again asks once more, which is billed.",
}

// Two copies of this package may be loaded at once; a registered symbol recognises the errors of both.
const marker = Symbol.for("@assay/analysis/error")

export interface AnalysisErrorOptions {
  cause?: unknown
  /** A sentence that says what to do about it. The default depends on the code. */
  hint?: string
  raw?: string
}

/** Every error of this package. None is retryable. The message is a sentence for people and holds no secrets. */
export class AnalysisError extends Error {
  override readonly name = "AnalysisError"
  readonly [marker] = true
  readonly code: AnalysisErrorCode
  readonly retryable = false
  readonly hint: string
  /** Only with `POTPIE_BAD_OUTPUT`: the whole text, as it came. */
  readonly raw: string | undefined

  constructor(code: AnalysisErrorCode, message: string, options: AnalysisErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint ?? hintByCode[code]
    this.raw = options.raw
  }

  static isInstance(error: unknown): error is AnalysisError {
    return typeof error === "object" && error !== null && marker in error
  }
}
