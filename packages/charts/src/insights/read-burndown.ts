import type { BurndownStackData } from "../charts/burndown-stack.js"
import type { InsightTable } from "./insight-table.js"
import { readDay, readNumber, readText } from "./read-value.js"

/** Lines alive by date and cohort: of a row for each of both, or of a row per date with a column per cohort. */
export function readBurndown(burndown: InsightTable | undefined): BurndownStackData | undefined {
  if (!burndown) return undefined
  const dates = new Map<string, Map<string, number>>()
  const moments = new Map<string, string>()
  const cohorts = new Set<string>()
  for (const row of burndown.rows) {
    const date = readDay(row, "at", "date")
    if (!date) continue
    // Of several moments of one day the last counts, for all cohorts.
    const moment = readText(row, "at", "date") ?? date
    const alive =
      (moments.get(date) ?? moment) < moment
        ? new Map<string, number>()
        : (dates.get(date) ?? new Map<string, number>())
    moments.set(date, moment)
    dates.set(date, alive)
    const named = readText(row, "cohort")
    const columns = named === undefined ? Object.keys(row).filter((key) => /^\d{4}(-(Q\d|\d\d))?$/.test(key)) : [named]
    for (const cohort of columns) {
      cohorts.add(cohort)
      alive.set(cohort, (named === undefined ? readNumber(row, cohort) : readNumber(row, "lines")) ?? 0)
    }
  }
  const sorted = [...dates.keys()].sort()
  return {
    dates: sorted,
    cohorts: [...cohorts]
      .sort()
      .map((name) => ({ name, lines: sorted.map((date) => dates.get(date)?.get(name) ?? 0) })),
  }
}
