import { inspect } from "node:util"

/** Replaces every one of the secrets in a text from outside. */
export type Redact = (text: string) => string

export function createRedact(secrets: readonly string[]): Redact {
  const found = secrets.flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
  return (text) => found.reduce((rest, secret) => rest.replaceAll(secret, "[redacted]"), text)
}

/** The error itself, or a copy that tells the same without the secrets, if it shows them anywhere. */
export function redactCause(cause: unknown, redact: Redact): unknown {
  const shown = inspect(cause, { depth: 10, showHidden: true, maxStringLength: null, maxArrayLength: null })
  if (redact(shown) === shown) return cause
  if (!(cause instanceof Error)) return new Error(redact(String(cause)))
  const copy = new Error(redact(cause.message))
  copy.name = redact(cause.name)
  if (cause.stack) copy.stack = redact(cause.stack)
  return copy
}
