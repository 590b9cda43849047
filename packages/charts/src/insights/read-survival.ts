import type { SurvivalCurveData } from "../charts/survival-curve.js"
import type { InsightTable } from "./insight-table.js"
import { readNumber } from "./read-value.js"

const daysOfMonth = 30

export function readSurvival(survival: InsightTable | undefined): SurvivalCurveData | undefined {
  if (!survival) return undefined
  const halfLifeMonths = readNumber(survival.values, "halfLifeMonths")
  return {
    halfLife: readNumber(survival.values, "halfLifeDays") ?? (halfLifeMonths && halfLifeMonths * daysOfMonth),
    points: survival.rows.flatMap((row) => {
      const months = readNumber(row, "ageMonths")
      const age = readNumber(row, "ageDays") ?? (months === undefined ? undefined : months * daysOfMonth)
      const share = readNumber(row, "survival")
      return age === undefined || share === undefined || share > 1 ? [] : [{ age, share }]
    }),
  }
}
