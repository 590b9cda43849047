/** @param {readonly number[]} numbers */
export const median = (numbers) => percentile(numbers, 0.5)

/**
 * The value below which the share `p` of the numbers lies, by linear interpolation.
 *
 * @param {readonly number[]} numbers
 * @param {number} p between 0 and 1
 */
export function percentile(numbers, p) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const position = (sorted.length - 1) * p
  const lower = sorted[Math.floor(position)] ?? NaN
  const upper = sorted[Math.ceil(position)] ?? NaN
  return lower + (upper - lower) * (position - Math.floor(position))
}
