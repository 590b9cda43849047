const whole = new Intl.NumberFormat("en-GB")

/** `12,345` */
export function formatCount(count: number): string {
  return whole.format(Math.round(count))
}

/** `1 commit`, `2,000 commits` */
export function formatCounted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`
}

/** `0.4 s`, `41 s`, `2 min 5 s`, `1 h 2 min` */
export function formatDuration(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

const units = ["B", "kB", "MB", "GB", "TB"]

/** `512 B`, `41.2 MB`: units of 1,024. */
export function formatBytes(count: number): string {
  let unit = 0
  let value = count
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** `41 %` of 1 */
export function formatShare(share: number): string {
  const percent = 100 * share
  return `${percent > 0 && percent < 1 ? "<1" : Math.round(percent)} %`
}

/** `3 months`, `8 years`: the span between two moments, in the unit that fits. */
export function formatSpan(from: Date, to: Date): string {
  const days = Math.max(0, (to.getTime() - from.getTime()) / 86_400_000)
  if (days < 1) return "1 day"
  if (days < 60) return formatCounted(Math.round(days), "day")
  if (days < 730) return formatCounted(Math.round(days / 30.44), "month")
  return formatCounted(Math.floor(days / 365.25), "year")
}

const blocks = "▁▂▃▄▅▆▇█"

/** One block per value, the highest value being the highest block. Nothing at all is the lowest one. */
export function sparkline(values: readonly number[]): string {
  const most = Math.max(...values, 0)
  return values
    .map((value) => (value <= 0 || most === 0 ? blocks[0]! : blocks[Math.max(1, Math.ceil((7 * value) / most))]!))
    .join("")
}
