import { describe, expect, it } from "vitest"
import {
  formatBytes,
  formatCounted,
  formatDuration,
  formatShare,
  formatSpan,
  sparkline,
} from "../../src/output/format.js"

describe("figures for people", () => {
  it.each([
    [0, "0.0 s"],
    [449, "0.4 s"],
    [41_000, "41 s"],
    [60_000, "1 min"],
    [125_000, "2 min 5 s"],
    [3_720_000, "1 h 2 min"],
  ])("%d ms is %s", (ms, text) => expect(formatDuration(ms)).toBe(text))

  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [43_200_000, "41.2 MB"],
    [4 * 1024 ** 3, "4.0 GB"],
  ])("%d bytes are %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text))

  it("counts with the right form of the noun", () => {
    expect([0, 1, 12_345].map((count) => formatCounted(count, "commit"))).toEqual([
      "0 commits",
      "1 commit",
      "12,345 commits",
    ])
    expect(formatCounted(2, "person", "people")).toBe("2 people")
  })

  it("does not round a share away", () => {
    expect([0, 0.001, 0.414, 1].map(formatShare)).toEqual(["0 %", "<1 %", "41 %", "100 %"])
  })

  it.each([
    ["2026-01-01", "2026-01-01", "1 day"],
    ["2026-01-01", "2026-01-21", "20 days"],
    ["2026-01-01", "2026-10-01", "9 months"],
    ["2018-01-01", "2026-10-01", "8 years"],
  ])("from %s to %s it is %s", (from, to, text) => expect(formatSpan(new Date(from), new Date(to))).toBe(text))

  it("draws the highest value highest, and something for whatever is not nothing", () => {
    expect(sparkline([0, 1, 50, 100])).toBe("▁▂▅█")
    expect(sparkline([0, 0])).toBe("▁▁")
  })
})
