import type { FileLineBirths, LineLedger } from "../../facts/snapshot-facts.js"
import { dateOfDay, secondsOfDay } from "../calendar.js"

/** How old the lines of a file are, in days before `now`. */
export interface LineAge {
  readonly lines: number
  readonly medianDays: number
  readonly meanDays: number
  /** The times of birth of the oldest and the newest line, in seconds since 1970. */
  readonly oldestAt: number
  readonly newestAt: number
}

/** Tells the ages of files, one after the other, and then of all the lines that it was shown. */
export interface LineAges {
  /** `undefined` without lines. */
  ofFile(file: FileLineBirths): LineAge | undefined
  ofAll(): LineAge | undefined
}

/** `age = now − birth`; a line that was born after `now` is 0 days old. */
export function measureLineAges({ commits }: LineLedger, now: number): LineAges {
  const { length, time } = commits
  const all = new Float64Array(length)
  // Of one file; empty again when it is measured.
  const own = new Float64Array(length)
  const positions = new Int32Array(length)
  return {
    ofFile({ born, count }) {
      let kept = 0
      for (let run = 0; run < born.length; run++) {
        const position = born[run]!
        if (own[position] === 0) positions[kept++] = position
        own[position]! += count[run]!
        all[position]! += count[run]!
      }
      // Times never go back along the chain: the order of positions is that of births.
      const distinct = positions.subarray(0, kept).sort()
      const age = ageOf(distinct, { lines: own, time, now })
      for (const position of distinct) own[position] = 0
      return age
    },
    ofAll() {
      let kept = 0
      for (let position = 0; position < length; position++) if (all[position]! > 0) positions[kept++] = position
      return ageOf(positions.subarray(0, kept), { lines: all, time, now })
    },
  }
}

/** @param positions at which its lines were born, oldest first */
function ageOf(
  positions: Int32Array,
  { lines, time, now }: { lines: Float64Array; time: Float64Array; now: number },
): LineAge | undefined {
  let count = 0
  let seconds = 0
  for (const position of positions) {
    count += lines[position]!
    seconds += lines[position]! * Math.max(now - time[position]!, 0)
  }
  if (count === 0) return undefined
  const ageOfNth = (nth: number): number => {
    let passed = 0
    for (const position of positions) {
      passed += lines[position]!
      if (passed > nth) return Math.max(now - time[position]!, 0) / secondsOfDay
    }
    return 0
  }
  return {
    lines: count,
    medianDays: (ageOfNth((count - 1) >> 1) + ageOfNth(count >> 1)) / 2,
    meanDays: seconds / secondsOfDay / count,
    oldestAt: time[positions[0]!]!,
    newestAt: time[positions.at(-1)!]!,
  }
}

/** Whole months of the calendar (UTC) from one moment to another, as code-maat's `age`. */
export function wholeMonths(from: number, to: number): number {
  if (to <= from) return 0
  const startDay = Math.floor(from / secondsOfDay)
  const endDay = Math.floor(to / secondsOfDay)
  const start = dateOfDay(startDay)
  const end = dateOfDay(endDay)
  const months = end.month - start.month
  // A month that begins on a day that the last month does not have is whole on that month's last day.
  const anniversary = Math.min(start.dayOfMonth, start.dayOfMonth > 28 ? lastDayOf(end.month) : 28)
  const early =
    end.dayOfMonth === anniversary
      ? to - endDay * secondsOfDay < from - startDay * secondsOfDay
      : end.dayOfMonth < anniversary
  return early ? months - 1 : months
}

function lastDayOf(month: number): number {
  return new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0)).getUTCDate()
}
