import type { HotspotTreemapData } from "../charts/hotspot-treemap.js"
import type { InsightTable } from "./insight-table.js"
import { readNumber, readText } from "./read-value.js"

export function readHotspots(hotspots: InsightTable | undefined): HotspotTreemapData | undefined {
  if (!hotspots) return undefined
  return {
    unit: hotspots.parameters["size"] === "complexity" ? "complexity" : "lines",
    files: hotspots.rows.flatMap((row) => {
      const path = readText(row, "path")
      const size = readNumber(row, "size", "sloc", "lines")
      return path && size !== undefined ? [{ path, size, commits: readNumber(row, "revisions", "commits") ?? 0 }] : []
    }),
  }
}
