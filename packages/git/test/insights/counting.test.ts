import fc from "fast-check"
import { expect, test } from "vitest"
import { dateOfDay, timeText } from "../../src/insights/calendar.js"
import { FilePositions } from "../../src/insights/metrics/file-positions.js"
import { wholeMonths } from "../../src/insights/metrics/line-age.js"
import { PairPositions } from "../../src/insights/metrics/pair-positions.js"
import { compareBytes } from "../../src/insights/people.js"
import { sortRows } from "../../src/insights/sort-rows.js"

const runs = { numRuns: 2_000 }

test("positions are those that a Map would give, for numbers of both signs and for many", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -9_000, max: 9_000 }), { maxLength: 300 }), (numbers) => {
      const files = new FilePositions()
      const pairs = new PairPositions()
      const known = new Map<string, number>()
      for (const number of numbers) {
        const text = String(number)
        if (!known.has(text)) known.set(text, known.size)
        expect([files.of(number), pairs.of(number, -number)]).toEqual([known.get(text), known.get(text)])
      }
      expect([files.length, pairs.length]).toEqual([known.size, known.size])
    }),
    { numRuns: 200 },
  )
  const pairs = new PairPositions()
  for (let round = 0; round < 2; round++) {
    for (let at = 0; at < 50_000; at++) {
      if (pairs.of(at % 250, Math.floor(at / 250) - 100) !== at) expect.unreachable(`pair ${at} has another position`)
    }
  }
  expect([pairs.length, pairs.one[777], pairs.other[777]]).toEqual([50_000, 27, -97])
})

test("dates and times are those of the platform", () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_167_219_200, max: 253_402_300_799 }), (seconds) => {
      const date = new Date(seconds * 1000)
      const { month, dayOfMonth } = dateOfDay(Math.floor(seconds / 86_400))
      expect([month, dayOfMonth]).toEqual([date.getUTCFullYear() * 12 + date.getUTCMonth(), date.getUTCDate()])
      expect(timeText(seconds)).toBe(`${date.toISOString().slice(0, 19)}Z`)
    }),
    runs,
  )
})

test.each([
  ["2024-01-31T12:00:00Z", "2024-02-29T12:00:00Z", 1],
  ["2024-01-31T12:00:00Z", "2024-02-29T11:59:59Z", 0],
  ["2023-01-31T12:00:00Z", "2023-02-28T12:00:00Z", 1],
  ["2023-11-30T00:00:00Z", "2024-11-29T23:59:59Z", 11],
  ["2023-11-30T00:00:00Z", "2024-11-30T00:00:00Z", 12],
  ["2024-02-29T00:00:00Z", "2025-02-28T00:00:00Z", 12],
  ["2025-05-05T00:00:00Z", "2024-05-05T00:00:00Z", 0],
])("from %s to %s whole months are %d", (from, to, months) => {
  expect(wholeMonths(Date.parse(from) / 1000, Date.parse(to) / 1000)).toBe(months)
})

test("rows are in the order of their columns, texts in that of their bytes, and what is missing comes last", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "é", "\u{1f600}", "\uffee", "\ud7ff"), maxLength: 3 })
  const row = fc.record({ text: fc.option(text), number: fc.option(fc.integer({ min: -2, max: 2 })), path: text })
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 12 }),
      fc.constantFrom("asc" as const, "desc" as const),
      fc.constantFrom("text" as const, "number" as const),
      (rows, direction, column) => {
        const sorted = sortRows(rows, [
          [column, direction],
          ["path", "asc"],
        ])
        expect(new Set(sorted)).toEqual(new Set(rows))
        for (const [at, next] of sorted.slice(1).entries()) {
          const before = sorted[at]!
          const one = before[column]
          const other = next[column]
          if (one === other) expect(compareBytes(before.path, next.path)).toBeLessThanOrEqual(0)
          else if (one === null || other === null) expect(other).toBeNull()
          else {
            const order =
              typeof one === "number"
                ? one - Number(other)
                : Buffer.compare(Buffer.from(one), Buffer.from(String(other)))
            expect(direction === "asc" ? order : -order).toBeLessThan(0)
          }
        }
      },
    ),
    { numRuns: 1_000 },
  )
})
