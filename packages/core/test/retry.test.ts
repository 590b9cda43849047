import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { backoffMs, defaultBackoff } from "../src/index.js"

describe("the wait before the next attempt", () => {
  const longest = (attempts: number): number => backoffMs(defaultBackoff, attempts, () => 1)

  it("doubles its ceiling with each attempt, up to five minutes", () => {
    expect([1, 2, 3, 4, 8, 9, 10, 50].map(longest)).toEqual([
      ...[1000, 2000, 4000, 8000, 128_000, 256_000, 300_000, 300_000],
    ])
  })

  it("is anything between nothing and the ceiling", () => {
    const backoff = fc.record({ baseMs: fc.nat(10_000), maxMs: fc.nat(1_000_000) })
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(backoff, fc.integer({ min: 1, max: 2000 }), random, (policy, attempts, chance) => {
        const wait = backoffMs(policy, attempts, () => chance)
        expect(Number.isInteger(wait)).toBe(true)
        expect(wait).toBeGreaterThanOrEqual(0)
        expect(wait).toBeLessThanOrEqual(Math.min(policy.maxMs, policy.baseMs * 2 ** Math.min(attempts - 1, 100)))
      }),
    )
    expect(backoffMs(defaultBackoff, 3, () => 0)).toBe(0)
    expect(backoffMs(defaultBackoff, 3, () => 0.5)).toBe(2000)
  })

  it("draws lots unless it is told what to draw", () => {
    const waits = new Set(Array.from({ length: 20 }, () => backoffMs(defaultBackoff, 10)))
    expect(waits.size).toBeGreaterThan(1)
  })
})
