import { ChartError } from "../errors.js"

/** The moment at which a day of the form `2026-08-31`, or a month of the form `2026-08`, begins in UTC. Throws `INVALID_DATA`. */
export function parseDay(text: string): Date {
  const match = /^(\d{4})-(\d\d)(?:-(\d\d))?$/.exec(text)
  const date = match ? new Date(Date.UTC(+(match[1] ?? 0), +(match[2] ?? 0) - 1, +(match[3] ?? 1))) : undefined
  // The 31st of February would be a day in March.
  if (!date || !date.toISOString().startsWith(text)) {
    throw new ChartError("INVALID_DATA", "a date is written as 2026-08-31, a month as 2026-08")
  }
  return date
}

/** `2026-08-31`. */
export function formatDay(date: Date): string {
  return date.toISOString().slice(0, 10)
}
