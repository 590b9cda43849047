import type { Json } from "./job.js"

const secretName = /token|secret|passw|credential|authorization|api[-_]?key|private[-_]?key/i

/**
 * A second lock: definitions keep secrets apart from inputs, but one that is badly made may not, and what it was given
 * shall not be read by whoever may see the job. What is yes or no holds no secret: `has_token` stays.
 */
export function redact(value: Json): Json {
  if (Array.isArray(value)) return value.map(redact)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      secretName.test(name) && typeof member !== "boolean" ? "[redacted]" : redact(member as Json),
    ]),
  )
}
