/** `3,597`: the same on every machine, whatever its language. At most two decimals. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return "–"
  const [whole = "0", decimals] = String(Math.abs(Math.round(value * 100) / 100)).split(".")
  // From 1e21 on, JavaScript writes exponents: no counting leads there, and they are left as they are.
  const grouped = whole.includes("e") ? whole : whole.replace(/\B(?=(\d{3})+$)/g, ",")
  return `${value < 0 ? "−" : ""}${grouped}${decimals ? `.${decimals}` : ""}`
}

/** `3.6k`, for axes and small rooms: three digits at most. */
export function formatShort(value: number): string {
  const size = Math.abs(value)
  for (const [unit, sign] of units) {
    // 999,950 is `1M`, not `1000k`.
    if (size >= unit * 0.9995) {
      const scaled = value / unit
      return `${Math.abs(scaled) < 99.95 ? Math.round(scaled * 10) / 10 : Math.round(scaled)}${sign}`
    }
  }
  return formatNumber(Math.abs(value) < 10 ? value : Math.round(value))
}

const units = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const

/** `12.3 %` of a share between 0 and 1. What is more than nothing is never written as nothing. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.0005) return "< 0.1 %"
  const percent = share * 100
  return `${percent < 10 ? Math.round(percent * 10) / 10 : Math.round(percent)} %`
}

/** `1 commit`, `3,597 commits`. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`
}
