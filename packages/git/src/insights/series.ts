/**
 * More buckets than anybody looks at: two hundred years of days. Clocks that are wrong by thousands of years would make millions of
 * empty ones; these are left out then.
 */
const mostBuckets = 75_000

/** Numbers by bucket, several kinds of them, in columns that grow to both sides. */
export interface Series {
  /** The columns of a bucket, to add to. */
  of(bucket: number): Float64Array
  /** The buckets from the first that has something to `to`, also the empty ones. */
  rows(to: number): { bucket: number; values: Float64Array }[]
}

export function createSeries(columns: number): Series {
  const buckets = new Map<number, Float64Array>()
  return {
    of(bucket) {
      let values = buckets.get(bucket)
      if (!values) buckets.set(bucket, (values = new Float64Array(columns)))
      return values
    },
    rows(to) {
      if (buckets.size === 0) return []
      let first = Infinity
      let last = to
      for (const bucket of buckets.keys()) {
        if (bucket < first) first = bucket
        if (bucket > last) last = bucket
      }
      if (last - first >= mostBuckets) {
        return [...buckets]
          .map(([bucket, values]) => ({ bucket, values }))
          .sort((one, other) => one.bucket - other.bucket)
      }
      const empty = new Float64Array(columns)
      return Array.from({ length: last - first + 1 }, (_, index) => ({
        bucket: first + index,
        values: buckets.get(first + index) ?? empty,
      }))
    },
  }
}
