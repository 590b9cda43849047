import type { FileLineBirths, LineLedger } from "../../facts/snapshot-facts.js"
import { secondsOfDay } from "../calendar.js"

/** How old the lines of a file are, in days before `now`. */
export interface LineAge {
  readonly lines: number
  readonly medianDays: number
  readonly meanDays: number
  /** The times of birth of the oldest and the newest line, in seconds since 1970. */
  readonly oldestAt: number
  readonly newestAt: number
}

/** Lines by when they were born: times in seconds, and how many. */
export type Births = ReadonlyMap<number, number>

export function birthsOfFile({ born, count }: FileLineBirths, { commits }: LineLedger): Map<number, number> {
  const births = new Map<number, number>()
  for (let run = 0; run < born.length; run++) {
    const time = commits.time[born[run]!]!
    births.set(time, (births.get(time) ?? 0) + count[run]!)
  }
  return births
}

/** `age = now − birth`; a line that was born after `now` is 0 days old. `undefined` without lines. */
export function ageOfLines(births: Births, now: number): LineAge | undefined {
  const times = Float64Array.from(births.keys()).sort()
  let lines = 0
  let sum = 0
  for (const [time, count] of births) {
    lines += count
    sum += count * ageInDays(time, now)
  }
  if (lines === 0) return undefined
  return {
    lines,
    medianDays:
      (ageOfNth(times, births, { nth: (lines - 1) >> 1, now }) + ageOfNth(times, births, { nth: lines >> 1, now })) / 2,
    meanDays: sum / lines,
    oldestAt: times[0]!,
    newestAt: times.at(-1)!,
  }
}

function ageOfNth(times: Float64Array, births: Births, { nth, now }: { nth: number; now: number }): number {
  let passed = 0
  for (const time of times) {
    passed += births.get(time)!
    if (passed > nth) return ageInDays(time, now)
  }
  return 0
}

function ageInDays(time: number, now: number): number {
  return Math.max(now - time, 0) / secondsOfDay
}

/** Whole months of the calendar (UTC) from one moment to another, as code-maat's `age`. */
export function wholeMonths(from: number, to: number): number {
  if (to <= from) return 0
  const start = new Date(from * 1000)
  const end = new Date(to * 1000)
  const months = (end.getUTCFullYear() - start.getUTCFullYear()) * 12 + end.getUTCMonth() - start.getUTCMonth()
  // A month that begins on a day that the last month does not have is whole on that month's last day.
  const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate()
  const anniversary = new Date(
    Date.UTC(
      ...([end.getUTCFullYear(), end.getUTCMonth(), Math.min(start.getUTCDate(), lastDay)] as const),
      ...([start.getUTCHours(), start.getUTCMinutes(), start.getUTCSeconds()] as const),
    ),
  )
  return end < anniversary ? months - 1 : months
}
