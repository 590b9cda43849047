import type { CalendarData } from "../charts/calendar.js"
import type { InsightTable } from "./insight-table.js"
import { readDay, readNumber, readRows } from "./read-value.js"

const day = 86_400_000

/** Commits per day, of the insight `activity`: of its rows, if each is a day, else of `last52Weeks`, which it always has. */
export function readCalendar(activity: InsightTable | undefined): CalendarData | undefined {
  if (!activity) return undefined
  const days = activity.rows.flatMap((row) => {
    const date = readDay(row, "start", "date", "day")
    return date ? [{ date, commits: readNumber(row, "commits") ?? 0 }] : []
  })
  const { interval, by } = activity.parameters
  if (by !== "team" && (interval === undefined ? isDaily(days) : interval === "day")) return { days }
  const weeks = readWeeks(activity)
  return weeks.length > 0 ? { days: weeks } : undefined
}

/** Without a word about it: whether neighbours are ever only a day apart. */
function isDaily(days: CalendarData["days"]): boolean {
  const times = days.map(({ date }) => Date.parse(date)).sort((a, b) => a - b)
  return times.some((time, at) => time - (times[at - 1] ?? 0) === day)
}

function readWeeks({ values, snapshot }: InsightTable): CalendarData["days"] {
  const days = (readRows(values, "last52Weeks") ?? []).flatMap((row) => {
    const week = readDay(row, "week")
    const counts = row["days"]
    if (!week || !Array.isArray(counts)) return []
    return counts.slice(0, 7).map((commits: unknown, at) => ({
      date: new Date(Date.parse(week) + at * day).toISOString().slice(0, 10),
      commits: typeof commits === "number" && commits >= 0 && commits < Infinity ? commits : 0,
    }))
  })
  // The last week goes on after the snapshot: those days are not days without commits, they have not been.
  const until = snapshot && readDay({ at: dateText(snapshot.committedAt) }, "at")
  while (until && days.length > 0 && (days.at(-1)?.date ?? "") > until && days.at(-1)?.commits === 0) days.pop()
  return days
}

function dateText(date: Date | string | undefined): string | undefined {
  if (!(date instanceof Date)) return date
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}
