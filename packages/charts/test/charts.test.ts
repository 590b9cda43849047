import { describe, expect, it } from "vitest"
import * as charts from "../src/index.js"
import { ChartError } from "../src/index.js"
import { drawings } from "./helpers/drawings.js"
import { parseSvg } from "./helpers/parse-svg.js"

const label = (svg: string) => parseSvg(svg)[0]!.attributes["aria-label"]
const titles = (svg: string) => parseSvg(svg).flatMap(({ name, text }) => (name === "title" ? text : []))
const texts = (svg: string) => parseSvg(svg).flatMap(({ name, text }) => (name === "text" ? text : []))
const rects = (svg: string, name: string) =>
  parseSvg(svg).filter(
    (element) => element.name === "rect" && element.attributes["class"]?.includes(`assay-fill-${name}`),
  )

describe("calendar", () => {
  it("draws a day that is missing as one without commits", () => {
    const svg = charts.calendar({
      days: [
        { date: "2026-08-31", commits: 7 },
        { date: "2026-08-29", commits: 1 },
      ],
    })
    expect(titles(svg)).toContain("2026-08-30: 0 commits")
    expect(titles(svg).filter((title) => /^\d{4}-/.test(title))).toHaveLength(365)
    expect(label(svg)).toBe("8 commits in 365 days up to 2026-08-31, busiest 2026-08-31 with 7")
  })

  it("adds up a day that is given twice, and counts what is older", () => {
    const days = ["2026-08-31", "2026-08-31", "2024-01-01"].map((date) => ({ date, commits: 2 }))
    expect(label(charts.calendar({ days }))).toBe(
      "4 commits in 365 days up to 2026-08-31, busiest 2026-08-31 with 4; 2 before that are not drawn",
    )
  })

  it("has the quartiles of the days with commits as levels", () => {
    const days = Array.from({ length: 8 }, (_, at) => ({ date: `2026-08-0${at + 1}`, commits: at }))
    const svg = charts.calendar({ days })
    const level = (commits: number) =>
      parseSvg(svg).find(
        ({ name, text }) =>
          name === "title" && text === `2026-08-0${commits + 1}: ${commits} commit${commits === 1 ? "" : "s"}`,
      )?.parent?.attributes["class"]
    expect([0, 1, 2, 3, 4, 5, 6, 7].map(level)).toEqual([
      "assay-fill-empty",
      "assay-fill-l1",
      "assay-fill-l1",
      "assay-fill-l2",
      "assay-fill-l2",
      "assay-fill-l3",
      "assay-fill-l4",
      "assay-fill-l4",
    ])
  })

  it("tells levels by size too", () => {
    const widths = [1, 2, 3, 4].map((level) =>
      Number(rects(drawings["calendar"]!(), `l${level}`)[0]!.attributes["width"]),
    )
    expect(widths).toEqual([...widths].sort((a, b) => a - b))
    expect(new Set(widths).size).toBe(4)
  })
})

describe("activityByAuthor", () => {
  it("draws bars whose heights add up, and months between as nothing", () => {
    const svg = charts.activityByAuthor({
      months: ["2026-01", "2026-04"],
      authors: [
        { name: "Ada", commits: [30, 10] },
        { name: "Grace", commits: [10] },
      ],
    })
    expect(titles(svg)).toContain("Jan 2026: Ada, 30 commits of 40")
    const bars = parseSvg(svg)
      .filter(
        ({ name, attributes }) =>
          name === "rect" && Number(attributes["height"]) > 14 && attributes["rx"] === undefined,
      )
      .slice(1)
    const [january, april, grace] = bars.map(({ attributes }) => Number(attributes["height"]))
    expect(january! / april!).toBeCloseTo(3, 0)
    expect(grace).toBeCloseTo(april!, 0)
    const [first, last] = bars.map(({ attributes }) => Number(attributes["x"]))
    const step = Number(bars[0]!.attributes["width"]) + 2
    expect(last! - first!).toBeCloseTo(3 * step, 0)
    expect(label(svg)).toBe(
      "50 commits by 2 people from Jan 2026 to Apr 2026, busiest Jan 2026 with 40; Ada has the most, 40",
    )
  })

  it("makes quarters and years of months that would be too thin, and says so", () => {
    const months = Array.from(
      { length: 240 },
      (_, at) => `${2000 + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, "0")}`,
    )
    const svg = charts.activityByAuthor({ months, authors: [{ name: "Ada", commits: months.map(() => 1) }] })
    expect(svg).toContain("A bar is a quarter.")
    expect(titles(svg)).toContain("Q1 2000: Ada, 3 commits of 3")
    expect(label(svg)).toContain("240 commits by 1 person from Q1 2000 to Q4 2019")
  })
})

describe("hotspotTreemap", () => {
  it("gives areas by size and colours by the square root of commits", () => {
    const files = [
      { path: "a.ts", size: 300, commits: 100 },
      { path: "b.ts", size: 100, commits: 25 },
      { path: "c.ts", size: 100, commits: 1 },
      { path: "empty.ts", size: 0, commits: 9 },
    ]
    const tiles = parseSvg(charts.hotspotTreemap({ files })).flatMap(({ name, text, parent }) =>
      name === "title" && /lines$/.test(text) ? { text, ...parent!.attributes } : [],
    ) as { text: string; class: string; width: string; height: string }[]
    const area = (at: number) => Number(tiles[at]!.width) * Number(tiles[at]!.height)
    expect(tiles.map(({ text }) => text)).toEqual([
      "a.ts: 100 commits, 300 lines",
      "b.ts: 25 commits, 100 lines",
      "c.ts: 1 commit, 100 lines",
    ])
    expect(area(0) / area(1)).toBeCloseTo(3, 0)
    expect(tiles.map((tile) => /fill-(h\d)/.exec(tile.class)?.[1])).toEqual(["h7", "h4", "h1"])
  })
})

describe("ownership", () => {
  it("names the main owner with the share, and gives the remainder to others", () => {
    const svg = charts.ownership({
      unit: "lines",
      directories: [
        {
          path: "src",
          total: 200,
          owners: [
            { name: "Ada", amount: 150 },
            { name: "Grace", amount: 30 },
          ],
        },
      ],
    })
    expect(texts(svg)).toContain("Ada 75 %")
    expect(titles(svg)).toEqual([
      "src: Ada, 150 of 200 lines (75 %)",
      "src: Grace, 30 of 200 lines (15 %)",
      "src: others, 20 of 200 lines (10 %)",
    ])
  })

  it("counts the people that it does not name", () => {
    const owners = [{ name: "Ada", amount: 150 }]
    const svg = charts.ownership({ directories: [{ path: "src", total: 200, owners, people: 9 }] })
    expect(titles(svg).at(-1)).toBe("src: others (8), 50 of 200 lines (25 %)")
  })
})

describe("burndownStack", () => {
  it("goes in steps and never invents what is between two dates", () => {
    const svg = charts.burndownStack({
      dates: ["2026-01-01", "2026-02-01", "2026-03-01"],
      cohorts: [{ name: "2026", lines: [100, 0, 50] }],
    })
    const path = parseSvg(svg).find(
      ({ name, attributes }) => name === "path" && attributes["class"]?.includes("fill-k"),
    )!
    expect(path.attributes["d"]).not.toMatch(/[CQSTA]/)
    // Every piece is level or upright.
    const points = [...path.attributes["d"]!.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(
      ([, x, y]) => [Number(x), Number(y)] as const,
    )
    points.slice(1).forEach(([x, y], at) => expect(x === points[at]![0] || y === points[at]![1]).toBe(true))
    expect(label(svg)).toBe("50 lines on 2026-03-01, 100 % of them from 2026; at most 100")
  })
})

describe("survivalCurve", () => {
  it("marks the half-life, or says that there is none", () => {
    const points = [
      { age: 100, share: 0.8 },
      { age: 400, share: 0.45 },
    ]
    const marked = charts.survivalCurve({ points, halfLife: 400 })
    expect(texts(marked)).toContain("half-life 13 months")
    expect(label(marked)).toBe("Half of the lines are gone after 13 months; 45 % survive 13 months")
    const none = charts.survivalCurve({ points: points.slice(0, 1) })
    expect(none).not.toContain("half-life 1")
    expect(label(none)).toBe("80 % of lines survive 3 months; there is no half-life yet")
  })
})

describe("couplingGraph", () => {
  it("draws an arc for each pair, thicker the more often, and says how many there are", () => {
    const pairs = [
      { first: "a", second: "b", degree: 90, shared: 9 },
      { first: "a", second: "c", degree: 40, shared: 5 },
    ]
    const svg = charts.couplingGraph({ pairs, total: 70 })
    const arcs = parseSvg(svg).filter(({ name }) => name === "path")
    expect(arcs).toHaveLength(2)
    expect(Number(arcs[0]!.attributes["stroke-width"])).toBeGreaterThan(Number(arcs[1]!.attributes["stroke-width"]))
    expect(texts(svg)).toContain("the strongest 2 of 70 pairs")
    expect(titles(svg)).toContain("a and b: 90 %, 9 commits together")
  })
})

describe("options", () => {
  it.each(Object.entries(drawings))("set width, height and title of %s", (_, draw) => {
    const svg = draw({ width: 500, height: 300, title: "A & B" })
    expect(parseSvg(svg)[0]!.attributes).toMatchObject({ width: "500", height: "300", viewBox: "0 0 500 300" })
    expect(texts(svg)).toContain("A & B")
  })

  it.each([
    { width: 39 },
    { width: NaN },
    { height: 4_001 },
    { prefix: "1" },
    { prefix: 'a"b' },
    { theme: "blue" as "light" },
    { style: "inline" as "own" },
  ])("that make no sense are refused: %j", (options) => {
    for (const draw of Object.values(drawings))
      expect(() => draw(options)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }))
  })

  it("that follow the reader hold both themes, and others hold one", () => {
    expect(drawings["card"]!()).toContain("@media(prefers-color-scheme:dark)")
    expect(drawings["card"]!({ theme: "dark" })).not.toContain("@media")
    expect(drawings["card"]!({ theme: "dark" })).not.toContain("#ffffff")
  })
})

it.each([
  () => charts.calendar({ days: [{ date: "2026-02-30", commits: 1 }] }),
  () => charts.calendar({ days: [{ date: "yesterday", commits: 1 }] }),
  () => charts.calendar({ days: [{ date: "2026-02-20", commits: -1 }] }),
  () => charts.hotspotTreemap({ files: [{ path: "a", size: Infinity, commits: 1 }] }),
  () => charts.punchCard({ hours: [{ weekday: 7, hour: 1, commits: 1 }] }),
  () => charts.punchCard({ hours: [{ weekday: 1, hour: 1.5, commits: 1 }] }),
  () => charts.survivalCurve({ points: [{ age: 1, share: 1.2 }] }),
  () => charts.sparkline({ label: "x", values: [NaN] }),
  () => charts.card({ name: "x", commits: -3 }),
])("refuses data that cannot be drawn: %s", (draw) => {
  expect(draw).toThrow(ChartError)
  expect(draw).toThrow(expect.objectContaining({ code: "INVALID_DATA", retryable: false }))
})
