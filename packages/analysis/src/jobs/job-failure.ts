import type { JobFailure } from "@assay/core"
import { storableText } from "../answer/storable.js"

const longestMessage = 2_000

/** What a stranger may know of an error, without the token that this attempt was given. */
export function toJobFailure(error: unknown, token: string | undefined): JobFailure {
  const { code, hint, retryable } = (typeof error === "object" && error !== null ? error : {}) as Partial<JobFailure>
  const clean = (text: string): string => withoutToken(storableText(text), token)
  const typed = typeof code === "string" && typeof retryable === "boolean"
  return {
    code: typed ? code : "HANDLER_FAILED",
    message: clean(error instanceof Error ? error.message : String(error)).slice(0, longestMessage),
    retryable: typed ? retryable : true,
    ...(typeof hint === "string" ? { hint: clean(hint) } : {}),
  }
}

export function withoutToken(text: string, token: string | undefined): string {
  return token ? text.replaceAll(token, "[redacted]") : text
}

/** A failure that was written down before, as the error that it was. */
export function toError({ code, message, hint }: JobFailure): Error {
  return Object.assign(new Error(message), { code, hint, retryable: false })
}
