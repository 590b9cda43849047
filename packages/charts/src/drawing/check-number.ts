import { ChartError } from "../errors.js"

/** The number, if it is one that can be drawn. Throws `INVALID_DATA` for what is negative, infinite or no number. */
export function checkNumber(value: number, what: string): number {
  if (typeof value === "number" && value >= 0 && value < Infinity) return value
  throw new ChartError("INVALID_DATA", `${what} is a number from 0 on`)
}
