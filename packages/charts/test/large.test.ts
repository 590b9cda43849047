import { describe, expect, it } from "vitest"
import * as charts from "../src/index.js"
import { renderReport } from "../src/index.js"
import { sampleReport } from "./helpers/report.js"
import * as samples from "./helpers/samples.js"
import { parseSvg } from "./helpers/parse-svg.js"
import { troubles } from "./helpers/text-boxes.js"

/** What the README promises. */
const limit = 250_000

const long = "a name that does not end ".repeat(400)

const huge = {
  "10,000 days": () => charts.calendar(samples.sampleCalendar(10_000)),
  "300 authors in 240 months": () => charts.activityByAuthor(samples.sampleActivity(300, 240)),
  "authors of 10,000 months": () => charts.activityByAuthor(samples.sampleActivity(20, 10_000), { width: 4_000 }),
  "5,000 files": () => charts.hotspotTreemap(samples.sampleHotspots(5_000)),
  "5,000 files with long names, on a large sheet": () =>
    charts.hotspotTreemap(
      { files: samples.sampleHotspots(5_000).files.map((file) => ({ ...file, path: file.path + long })) },
      { width: 1_600, height: 1_000 },
    ),
  "2,000 directories": () => charts.ownership(samples.sampleOwnership(2_000)),
  "500 languages": () =>
    charts.languagesBar({
      languages: Array.from({ length: 500 }, (_, at) => ({ name: `${at} ${long}`, bytes: at + 1 })),
    }),
  "10,000 points of 40 years": () => charts.burndownStack(samples.sampleBurndown(40, 10_000)),
  "10,000 steps": () => charts.survivalCurve(samples.sampleSurvival(10_000)),
  "5,000 pairs": () => charts.couplingGraph(samples.sampleCoupling(5_000)),
  "10,000 values": () =>
    charts.sparkline({ label: "commits", values: Array.from({ length: 10_000 }, (_, at) => at % 7) }),
}

describe.each(Object.entries(huge))("%s", (_, draw) => {
  it("stay under 250 kB", () => {
    const svg = draw()
    expect(Buffer.byteLength(svg)).toBeLessThan(limit)
    expect(troubles(svg)).toEqual([])
  })
})

it("says how many it does not draw one by one", () => {
  const crowd = charts.activityByAuthor(samples.sampleActivity(300, 240))
  const people = Number(/by (\d+) people/.exec(crowd)?.[1])
  expect(people).toBeGreaterThan(100)
  expect(crowd.includes(`>others (${people - 7}) `)).toBe(true)
  const tiles = parseSvg(huge["5,000 files"]()).flatMap(({ name, text }) => (name === "title" ? text : []))
  const together = tiles.reduce(
    (sum, text) => sum + Number(/: ([\d,]+) smaller files?,/.exec(text)?.[1]?.replace(",", "") ?? 0),
    0,
  )
  const alone = tiles.filter((text) => /: [\d,]+ commits?, [\d,]+ lines$/.test(text)).length
  expect(together).toBeGreaterThan(1_000)
  expect(together + alone).toBe(5_000)
  expect(huge["2,000 directories"]()).toMatch(/the largest 20, others \(1,980\) are not drawn/)
  expect(huge["500 languages"]().includes("others (491)")).toBe(true)
  expect(huge["10,000 points of 40 years"]().includes("≤ 2015 (29)")).toBe(true)
  expect(huge["10,000 days"]()).toMatch(/before that are not drawn/)
})

it("keeps a report of it under 2 MB", () => {
  const insights = Object.fromEntries(
    Object.entries(sampleReport.insights).map(([name, insight]) => {
      if (!insight) return [name, insight]
      const rows = Array.from({ length: 5_000 }, (_, at) => insight.rows[at % Math.max(1, insight.rows.length)] ?? {})
      return [name, insight.rows.length ? { ...insight, rows, total: 5_000 } : insight]
    }),
  )
  const html = renderReport({ ...sampleReport, insights })
  expect(Buffer.byteLength(html)).toBeLessThan(2_000_000)
  expect(html).toContain("the first 100 of 5,000 rows")
})
