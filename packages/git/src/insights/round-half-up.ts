import type { Json } from "@assay/core"

/** To four decimals, halves up. Whole numbers stay. */
export function roundHalfUp(value: number): number {
  if (Number.isInteger(value) || !Number.isFinite(value)) return value
  const scaled = value * 10_000
  // What is a half but for the last bit of its representation is a half.
  const rounded = Math.floor(scaled + 0.5 + Math.abs(scaled) * Number.EPSILON)
  return rounded === 0 ? 0 : rounded / 10_000
}

/** Every number in it. What JSON cannot say, which there should be none of, becomes `null`. */
export function roundAll<Value extends Json | undefined>(value: Value): Json {
  if (typeof value === "number") return Number.isFinite(value) ? roundHalfUp(value) : null
  if (Array.isArray(value)) return value.map(roundAll)
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, roundAll(inner)]))
  }
  return value ?? null
}
