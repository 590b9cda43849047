import { Cron } from "croner"
import { InvalidInputError } from "./errors.js"
import { milliseconds } from "./duration.js"
import type { Duration } from "./duration.js"
import type { ScheduleOptions } from "./client.js"
import type { Recurrence } from "./schedule.js"

const leastEveryMs = 1000

/** Rejects, as `INVALID_INPUT` that names the member, what can never work. */
export function recurrenceOf(options: ScheduleOptions): Recurrence {
  if ("every" in options) return { everyMs: interval(options.every) }
  const { cron, timezone } = options
  const recurrence = { cron: cron.trim().replace(/\s+/g, " "), ...(timezone === undefined ? {} : { timezone }) }
  if (timezone !== undefined && !isTimezone(timezone)) {
    throw invalid("timezone", `${JSON.stringify(timezone)} is not an IANA time zone such as Europe/Berlin`)
  }
  // croner also takes nicknames, dates and years, which would be one more thing to explain.
  if (!/^\S+( \S+){4,5}$/.test(recurrence.cron)) {
    throw invalid("cron", "must have five fields (minute, hour, day, month, weekday), or six with seconds first")
  }
  let next: Date | undefined
  try {
    next = nextMoment(recurrence, new Date())
  } catch (error) {
    throw invalid("cron", (error as Error).message.replace(/^CronPattern: /, ""))
  }
  if (!next) throw invalid("cron", "names no moment that ever comes")
  return recurrence
}

/**
 * The first moment after `after`; `undefined` when there is none. An interval is counted from `from`, so that a late job
 * does not put off those after it.
 *
 * Where a clock is put forward, a daily moment that does not exist is made up for at the first that does; where it is put
 * back, a daily moment that exists twice comes once. What repeats within a day follows the time that passes.
 */
export function nextMoment(recurrence: Recurrence, after: Date, from: Date = after): Date | undefined {
  if ("everyMs" in recurrence) {
    const { everyMs } = recurrence
    const passed = Math.max(0, Math.floor((after.getTime() - from.getTime()) / everyMs))
    return new Date(from.getTime() + (passed + 1) * everyMs)
  }
  const { cron, timezone = "UTC" } = recurrence
  return new Cron(cron, { timezone, mode: "5-or-6-parts" }).nextRun(after) ?? undefined
}

function interval(every: Duration): number {
  let ms: number
  try {
    ms = Math.round(milliseconds(every))
  } catch (error) {
    throw invalid("every", (error as Error).message)
  }
  if (ms < leastEveryMs) throw invalid("every", "must be a second or more")
  if (!Number.isSafeInteger(ms) || ms > mostEveryMs) throw invalid("every", "must be ten years or less")
  return ms
}

/** Dates end somewhere, and so does patience. */
const mostEveryMs = 10 * 366 * 24 * 3_600_000

function isTimezone(timezone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: timezone })
    return true
  } catch {
    return false
  }
}

function invalid(member: string, message: string): InvalidInputError {
  return new InvalidInputError("The schedule", [{ path: [member], message }])
}
