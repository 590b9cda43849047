/**
 * How unequally something is shared: 0 when all have the same, towards 1 when one has it all. With values ascending,
 * `2·Σ i·x_i / (n·Σx) − (n+1)/n`. `undefined` when there is nothing to share.
 */
export function gini(values: Iterable<number>): number | undefined {
  const ascending = Float64Array.from(values).sort()
  let sum = 0
  let weighted = 0
  for (let index = 0; index < ascending.length; index++) {
    sum += ascending[index]!
    weighted += (index + 1) * ascending[index]!
  }
  if (sum <= 0) return undefined
  return (2 * weighted) / (ascending.length * sum) - (ascending.length + 1) / ascending.length
}
