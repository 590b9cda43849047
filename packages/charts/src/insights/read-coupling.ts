import type { CouplingGraphData } from "../charts/coupling-graph.js"
import type { InsightTable } from "./insight-table.js"
import { readNumber, readText } from "./read-value.js"

export function readCoupling(coupling: InsightTable | undefined): CouplingGraphData | undefined {
  if (!coupling) return undefined
  const pairs = coupling.rows.flatMap((row) => {
    const first = readText(row, "first", "a", "path", "fileA", "pathA", "left", "entity")
    const second = readText(row, "second", "b", "other", "fileB", "pathB", "right", "coupled")
    const degree = readNumber(row, "degree")
    return first && second && degree !== undefined
      ? [{ first, second, degree, shared: readNumber(row, "shared", "commits") ?? 0 }]
      : []
  })
  return { pairs, total: coupling.total }
}
