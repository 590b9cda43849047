import type { JobFailure } from "./job.js"
import { storableText } from "./json.js"

const longestMessage = 2000

/**
 * What a stranger may know of an error: the code and sentence of our own typed errors, the message of a foreign one
 * under the code `HANDLER_FAILED`; never a stack. `secrets` and credentials in URLs are blotted out, because a foreign
 * message may quote what it was given.
 */
export function toFailure(error: unknown, secrets: readonly string[] = []): JobFailure {
  const own = isTyped(error)
  const text = error instanceof Error ? error.message : String(error)
  const message = redact(storableText(text), secrets).slice(0, longestMessage)
  const hint = own && typeof error.hint === "string" ? { hint: redact(error.hint, secrets) } : {}
  return { code: own ? error.code : "HANDLER_FAILED", message, retryable: own ? error.retryable : true, ...hint }
}

export function redact(text: string, secrets: readonly string[]): string {
  let clean = text.replace(/\/\/[^\s/@]+@/g, "//[redacted]@")
  for (const secret of secrets) if (secret.length > 0) clean = clean.replaceAll(secret, "[redacted]")
  return clean
}

/** Errors of every Assay package have this shape; a worker asks nothing else of them. */
interface TypedError extends Error {
  code: string
  retryable: boolean
  hint?: unknown
}

export function isTyped(error: unknown): error is TypedError {
  return (
    error instanceof Error &&
    typeof (error as Partial<TypedError>).code === "string" &&
    typeof (error as Partial<TypedError>).retryable === "boolean"
  )
}
