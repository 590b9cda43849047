import type { PunchCardData } from "../charts/punch-card.js"
import type { InsightTable } from "./insight-table.js"
import { readNumber } from "./read-value.js"

export function readPunchCard(punchCard: InsightTable | undefined): PunchCardData | undefined {
  if (!punchCard) return undefined
  return {
    hours: punchCard.rows.flatMap((row) => {
      const weekday = readNumber(row, "day", "weekday")
      const hour = readNumber(row, "hour")
      if (weekday === undefined || hour === undefined || weekday > 6 || hour > 23) return []
      if (!Number.isInteger(weekday) || !Number.isInteger(hour)) return []
      return [{ weekday, hour, commits: readNumber(row, "commits") ?? 0 }]
    }),
  }
}
