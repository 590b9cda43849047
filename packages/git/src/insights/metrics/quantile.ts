/**
 * The value below which the share `q` of the values lie, interpolated between the two nearest, as PostgreSQL's `percentile_cont`
 * and R's type 7. `undefined` without values.
 */
export function quantile(ascending: ArrayLike<number>, q: number): number | undefined {
  if (ascending.length === 0) return undefined
  const at = (ascending.length - 1) * q
  const below = Math.floor(at)
  const low = ascending[below]!
  const high = ascending[Math.min(below + 1, ascending.length - 1)]!
  return low + (high - low) * (at - below)
}

/** The smallest of the values that at least the share `q` of them do not exceed, as PostgreSQL's `percentile_disc`. */
export function nearestRank(ascending: ArrayLike<number>, q: number): number | undefined {
  if (ascending.length === 0) return undefined
  return ascending[Math.max(Math.ceil(ascending.length * q) - 1, 0)]
}

export function median(values: Iterable<number>): number | undefined {
  return quantile(Float64Array.from(values).sort(), 0.5)
}
