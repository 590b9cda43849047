import type { CalendarData } from "../charts/calendar.js"
import type { InsightTable } from "./insight-table.js"
import { readDay, readNumber, readRows } from "./read-value.js"

/** Commits per day, of the insight `activity` by days; `undefined` of one by weeks or months. */
export function readCalendar(activity: InsightTable | undefined): CalendarData | undefined {
  if (!activity) return undefined
  const rows = readRows(activity.values, "days", "perDay") ?? activity.rows
  const days = rows.flatMap((row) => {
    const date = readDay(row, "date", "day", "start", "bucket")
    return date ? [{ date, commits: readNumber(row, "commits", "count") ?? 0 }] : []
  })
  const unit = activity.parameters["bucket"] ?? activity.parameters["interval"] ?? activity.parameters["by"]
  if (rows === activity.rows && (unit === undefined ? !isDaily(days) : unit !== "day")) return undefined
  return { days }
}

/** Without a word about it: whether neighbours are ever only a day apart. */
function isDaily(days: CalendarData["days"]): boolean {
  const times = days.map(({ date }) => Date.parse(date)).sort((a, b) => a - b)
  return times.length === 0 || times.some((time, at) => time - (times[at - 1] ?? 0) === 86_400_000)
}
