import type { CouplingGraphData } from "../charts/coupling-graph.js"
import type { InsightTable } from "./insight-table.js"
import { readNumber, readText } from "./read-value.js"

export function readCoupling(coupling: InsightTable | undefined): CouplingGraphData | undefined {
  if (!coupling) return undefined
  const pairs = coupling.rows.flatMap((row) => {
    const first = readText(row, "a", "first")
    const second = readText(row, "b", "second")
    const degree = readNumber(row, "degree")
    return first && second && degree !== undefined
      ? [{ first, second, degree, shared: readNumber(row, "shared") ?? 0 }]
      : []
  })
  return { pairs, total: coupling.total }
}
