import type { JobFailure } from "@assay/core"

const longestMessage = 2_000

/** What a stranger may know of an error, without the secrets that this attempt has seen. */
export function toJobFailure(error: unknown, secrets: readonly string[]): JobFailure {
  const { code, hint, retryable } = (typeof error === "object" && error !== null ? error : {}) as Partial<JobFailure>
  const clean = (text: string): string =>
    secrets.reduce((rest, secret) => rest.replaceAll(secret, "[redacted]"), text.replaceAll("\0", "\uFFFD"))
  const typed = typeof code === "string" && typeof retryable === "boolean"
  return {
    code: typed ? code : "HANDLER_FAILED",
    message: clean(error instanceof Error ? error.message : String(error)).slice(0, longestMessage),
    retryable: typed ? retryable : true,
    ...(typeof hint === "string" ? { hint: clean(hint) } : {}),
  }
}

/** A failure that was written down before, as the error that it was. */
export function toError({ code, message, hint }: JobFailure): Error {
  return Object.assign(new Error(message), { code, hint, retryable: false })
}
