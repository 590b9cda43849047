import type { Zone } from "./time-zone.js"

export type Interval = "day" | "week" | "month"
export type WeekStart = "monday" | "sunday"

export const secondsOfDay = 86_400

/** Puts moments into days, weeks or months, each a whole number. Numbers that follow one another are neighbours. */
export interface Calendar {
  bucketOf(seconds: number): number
  /** Its first day: `2026-11-16`. */
  startOf(bucket: number): string
}

export function createCalendar(
  interval: Interval,
  { zone, weekStart }: { zone: Zone; weekStart: WeekStart },
): Calendar {
  // 1970-01-01 was a Thursday.
  const shift = weekStart === "monday" ? 3 : 4
  const day = (seconds: number): number => Math.floor((seconds + zone.offsetAt(seconds)) / secondsOfDay)
  if (interval === "day") return { bucketOf: day, startOf: dayText }
  if (interval === "week") {
    return {
      bucketOf: (seconds) => Math.floor((day(seconds) + shift) / 7),
      startOf: (bucket) => dayText(bucket * 7 - shift),
    }
  }
  return {
    bucketOf: (seconds) => monthOfDay(day(seconds)),
    startOf: (bucket) => dayText(Date.UTC(Math.floor(bucket / 12), bucket % 12, 1) / 1000 / secondsOfDay),
  }
}

/** Months since the year 0 of a day since 1970. */
export function monthOfDay(day: number): number {
  return dateOfDay(day).month
}

/**
 * The date of a day since 1970 in the Gregorian calendar: months since the year 0, and the day of the month, from 1. A `Date` for each
 * of 80,000 commits would take longer than to count them.
 */
export function dateOfDay(day: number): { month: number; dayOfMonth: number } {
  // Years that begin in March, so that the day that some of them have more is their last; 400 of them have always 146,097 days.
  const sinceMarch = day + 719_468
  const era = Math.floor(sinceMarch / 146_097)
  const dayOfEra = sinceMarch - era * 146_097
  const leapDays = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096)
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  // From March on, five months have 153 days.
  const monthOfYear = Math.floor((5 * dayOfYear + 2) / 153)
  return {
    month: (era * 400 + yearOfEra) * 12 + monthOfYear + 2,
    dayOfMonth: dayOfYear - Math.floor((153 * monthOfYear + 2) / 5) + 1,
  }
}

const dayTexts = new Map<number, string>()
/** Of a hundred years. */
const mostDayTexts = 36_525

/** `2026-11-22`. Tables name the same days again and again, and a `Date` for each would take longer than to count what they say. */
export function dayText(day: number): string {
  let text = dayTexts.get(day)
  if (text !== undefined) return text
  text = new Date(day * secondsOfDay * 1000).toISOString().slice(0, 10)
  if (dayTexts.size >= mostDayTexts) dayTexts.clear()
  dayTexts.set(day, text)
  return text
}

const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"))
const minuteTexts = Array.from(
  { length: 24 * 60 },
  (_, minute) => `T${twoDigits[Math.floor(minute / 60)]!}:${twoDigits[minute % 60]!}:`,
)
const secondTexts = twoDigits.map((text) => `${text}Z`)

/** `2026-11-22T16:00:00Z`; what lies outside of what a date can say is the nearest that can be said. */
export function timeText(seconds: number): string {
  const bounded = Math.min(Math.max(Math.floor(seconds), -62_167_219_200), 253_402_300_799)
  const day = Math.floor(bounded / secondsOfDay)
  const rest = bounded - day * secondsOfDay
  return dayText(day) + (minuteTexts[Math.floor(rest / 60)]! + secondTexts[rest % 60]!)
}
