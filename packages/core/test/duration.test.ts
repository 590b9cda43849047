import { describe, expect, expectTypeOf, it } from "vitest"
import { milliseconds } from "../src/index.js"
import type { Duration } from "../src/index.js"

describe("a duration", () => {
  const written: [Duration, number][] = [
    [0, 0],
    [250, 250],
    ["0s", 0],
    ["250ms", 250],
    ["30s", 30_000],
    ["1.5s", 1500],
    ["5m", 300_000],
    ["2h", 7_200_000],
    ["7d", 604_800_000],
  ]
  for (const [duration, expected] of written) {
    it(`of ${JSON.stringify(duration)} is ${expected} ms`, () => expect(milliseconds(duration)).toBe(expected))
  }

  for (const wrong of ["", "5", "five minutes", "-5s", "5 s", "5w", "1e3ms", Number.NaN, -1, Infinity]) {
    it(`cannot be ${JSON.stringify(wrong)}`, () => {
      expect(() => milliseconds(wrong as Duration)).toThrow(RangeError)
    })
  }

  it("is checked where it is written", () => {
    expectTypeOf("30s" as const).toExtend<Duration>()
    expectTypeOf("30 seconds" as const).not.toExtend<Duration>()
  })
})
