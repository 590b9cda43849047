import { quantile } from "./quantile.js"

export type HeatLevel = 0 | 1 | 2 | 3 | 4

/**
 * How dark a day of a calendar is. 0 has no commits. `quartile`: the quarter of the days with commits that it belongs to;
 * `fixed`: up to 2, 5, 10, and more.
 */
export function heatLevels(counts: readonly number[], scale: "quartile" | "fixed"): HeatLevel[] {
  const busy = Float64Array.from(counts.filter((count) => count > 0)).sort()
  const borders =
    scale === "fixed" ? [2, 5, 10] : [quantile(busy, 0.25) ?? 0, quantile(busy, 0.5) ?? 0, quantile(busy, 0.75) ?? 0]
  return counts.map((count) => {
    if (count === 0) return 0
    if (count <= borders[0]!) return 1
    if (count <= borders[1]!) return 2
    return count <= borders[2]! ? 3 : 4
  })
}
