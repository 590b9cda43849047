/** Numbers by bucket, several kinds of them, in columns that grow to both sides. */
export interface Series {
  add(bucket: number, column: number, value: number): void
  /** The buckets from the first that has something, or `from` if that is sooner, to `to`; all of them, also the empty ones. */
  rows(to: number): { bucket: number; values: Float64Array }[]
}

export function createSeries(columns: number): Series {
  const buckets = new Map<number, Float64Array>()
  return {
    add(bucket, column, value) {
      let values = buckets.get(bucket)
      if (!values) buckets.set(bucket, (values = new Float64Array(columns)))
      values[column]! += value
    },
    rows(to) {
      if (buckets.size === 0) return []
      let first = Infinity
      let last = to
      for (const bucket of buckets.keys()) {
        if (bucket < first) first = bucket
        if (bucket > last) last = bucket
      }
      const empty = new Float64Array(columns)
      return Array.from({ length: last - first + 1 }, (_, index) => ({
        bucket: first + index,
        values: buckets.get(first + index) ?? empty,
      }))
    },
  }
}
