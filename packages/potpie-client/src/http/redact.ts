import { inspect } from "node:util"
import type { Answer } from "../answer/answer.js"

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

/** An answer as it may be shown in an error: itself, or a copy whose texts hold no secret. */
export function redactAnswer(answer: Answer, redact: Redact): Answer {
  const shown = JSON.stringify(answer)
  if (redact(shown) === shown) return answer
  const redactText = (_key: string, value: unknown): unknown => (typeof value === "string" ? redact(value) : value)
  const copy: Omit<Answer, "thinking"> & Partial<Answer> = JSON.parse(shown, redactText)
  return { ...copy, thinking: copy.thinking }
}
