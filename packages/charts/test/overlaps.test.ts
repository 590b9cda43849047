import { describe, expect, it } from "vitest"
import * as charts from "../src/index.js"
import { drawings, emptyDrawings } from "./helpers/drawings.js"
import { hostileDrawings } from "./helpers/hostile.js"
import * as samples from "./helpers/samples.js"
import { troubles } from "./helpers/text-boxes.js"

const widths = [200, 316, 420, 600, 820, 1_110, 1_600]

describe.each([
  ...Object.entries(drawings),
  ...Object.entries(emptyDrawings).map(([name, draw]) => [`${name} of nothing`, draw] as const),
  ...Object.entries(hostileDrawings).map(([name, draw]) => [`${name} of hostile text`, draw] as const),
])("%s", (_, draw) => {
  it.each(widths)("has no text that touches another or leaves the drawing, %i pixels wide", (width) => {
    expect(troubles(draw({ width }))).toEqual([])
  })
})

it("has no such text for data of other sizes either", () => {
  for (const width of widths) {
    for (const count of [1, 2, 3, 5, 12, 40, 300]) {
      const drawn = {
        calendar: charts.calendar(samples.sampleCalendar(count), { width }),
        activity: charts.activityByAuthor(samples.sampleActivity(Math.min(count, 40), count), { width }),
        hotspots: charts.hotspotTreemap(samples.sampleHotspots(count), { width }),
        ownership: charts.ownership(samples.sampleOwnership(count), { width }),
        burndown: charts.burndownStack(samples.sampleBurndown(Math.min(count, 40), count), { width }),
        survival: charts.survivalCurve(samples.sampleSurvival(count), { width }),
        coupling: charts.couplingGraph(samples.sampleCoupling(Math.min(count, 60)), { width }),
      }
      for (const [name, svg] of Object.entries(drawn)) expect(troubles(svg), `${name} ${count} ${width}`).toEqual([])
    }
  }
})

it("notices an overlap, so that the tests above mean something", () => {
  const svg = (x: number, text = "two") =>
    `<svg width="100" height="20"><text x="2" y="12" font-size="10">one</text><text x="${x}" y="12" font-size="10">${text}</text></svg>`
  expect(troubles(svg(60))).toEqual([])
  expect(troubles(svg(8))).toEqual(['"one" and "two" overlap'])
  expect(troubles(svg(60, "a text too long"))).toEqual(['"a text too long" leaves the drawing'])
})
