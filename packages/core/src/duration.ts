/** Milliseconds, or a number with a unit: `"250ms"`, `"30s"`, `"5m"`, `"2h"`, `"7d"`. */
export type Duration = number | `${number}${"ms" | "s" | "m" | "h" | "d"}`

const factors = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** In milliseconds. Throws a `RangeError` for anything that is not a finite duration of zero or more. */
export function milliseconds(duration: Duration): number {
  const match = typeof duration === "number" ? undefined : /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration)
  const value =
    typeof duration === "number" ? duration : match ? Number(match[1]) * factors[match[2] as keyof typeof factors] : NaN
  if (!Number.isFinite(value) || value < 0) {
    throw new RangeError(
      `${JSON.stringify(duration)} is not a duration: give milliseconds or text like "30s", "5m", "2h".`,
    )
  }
  return value
}
