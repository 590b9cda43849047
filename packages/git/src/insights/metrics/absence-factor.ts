/**
 * The fewest people that made half of all contributions: the smallest k with `2·Σ_{j≤k} x_(j) ≥ Σx`, x descending. CHAOSS calls it
 * Contributor Absence Factor. 0 without contributions.
 */
export function contributorAbsenceFactor(contributions: Iterable<number>): number {
  const values = [...contributions]
  return fewestWith(values, values.reduce((sum, value) => sum + value, 0) / 2) ?? 0
}

/** How many of the largest values it takes for a sum of `needed`: 0 when that is nothing, `undefined` when all do not make it. */
export function fewestWith(values: Iterable<number>, needed: number): number | undefined {
  if (needed <= 0) return 0
  const descending = Float64Array.from(values).sort().reverse()
  let sum = 0
  for (let count = 0; count < descending.length; count++) {
    sum += descending[count]!
    if (sum >= needed) return count + 1
  }
  return undefined
}
