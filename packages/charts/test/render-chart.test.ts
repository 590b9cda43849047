import { describe, expect, it } from "vitest"
import { chartNames, isChartName, renderChart, renderReport, type InsightTable } from "../src/index.js"
import { hostileNames } from "./helpers/hostile.js"
import { parseSvg } from "./helpers/parse-svg.js"
import { sampleInsights } from "./helpers/report.js"

const label = (svg: string) => parseSvg(svg)[0]!.attributes["aria-label"]
const table = (rows: InsightTable["rows"], more: Partial<InsightTable> = {}): InsightTable => ({
  definition: "",
  parameters: {},
  exclusions: [],
  values: {},
  columns: Object.keys(rows[0] ?? {}),
  rows,
  ...more,
})

it("draws ten charts by name", () => {
  expect(chartNames).toEqual([
    ...["calendar", "activity", "hotspots", "ownership", "languages"],
    ...["burndown", "survival", "coupling", "punch-card", "card"],
  ])
  const labels = chartNames.map((name) => label(renderChart(name, sampleInsights, { repository: "owner/repo" })))
  for (const text of labels) expect(text).not.toMatch(/no (commits|files|lines|languages|owners)/)
  expect(new Set(labels).size).toBe(10)
  expect(labels.at(-1)).toMatch(
    /^owner\/repo: 3,738 commits, 152 people, bus factor 2, 2,\d{3} commits in the last 52 weeks$/,
  )
})

it.each(chartNames)("draws %s of nothing, and says so", (name) => {
  const svg = renderChart(name, {})
  parseSvg(svg)
  expect(svg).toMatch(/>(no |repository)/)
})

it.each(chartNames)("draws %s of insights that are not what they should be", (name) => {
  const odd = table(
    hostileNames.flatMap((text, at) => [
      {
        path: text,
        name: text,
        start: text,
        date: text,
        cohort: text,
        first: text,
        second: at,
        degree: text,
        weekday: 9,
        hour: 1.5,
        ageDays: -1,
      },
      {
        path: null,
        name: [],
        start: "2026-13-45",
        date: "2026-02-30T00:00:00Z",
        commits: -4,
        lines: NaN,
        size: Infinity,
        bytes: "many",
        survival: 7,
      },
      {
        directory: text,
        lines: 5,
        owners: [null, 1, { name: text, lines: 3 }],
        language: text,
        bytes: 4,
        color: "javascript:1",
      },
      {},
    ]),
    { values: { halfLifeDays: "soon", caf: null } },
  )
  const insights = Object.fromEntries(
    [
      "summary",
      "activity",
      "hotspots",
      "ownership",
      "languages",
      "burndown",
      "survival",
      "coupling",
      "punch-card",
      "bus-factor",
    ].map((key) => [key, odd]),
  )
  parseSvg(renderChart(name, insights, { repository: hostileNames.join() }))
})

it("refuses other names, and says which there are", () => {
  expect(() => renderChart("../etc/passwd", {})).toThrow(
    expect.objectContaining({ code: "UNKNOWN_CHART", message: expect.stringContaining("punch-card") }),
  )
  expect(() => renderChart("constructor", {})).toThrow(expect.objectContaining({ code: "UNKNOWN_CHART" }))
  expect(isChartName("__proto__")).toBe(false)
})

describe("finds the numbers", () => {
  it("of days only where the activity is by days", () => {
    const weeks = table(["2026-08-03", "2026-08-10"].map((start) => ({ start, commits: 3 })))
    expect(label(renderChart("calendar", { activity: weeks }))).toContain("no commits")
    const days = table(["2026-08-03", "2026-08-04"].map((start) => ({ start, commits: 3 })))
    expect(label(renderChart("calendar", { activity: days }))).toContain("6 commits in 365 days up to 2026-08-04")
    const last52Weeks = Array.from({ length: 52 }, (_, at) => ({
      week: new Date(Date.UTC(2025, 8, 8 + 7 * at)).toISOString().slice(0, 10),
      total: 2,
      days: [1, 0, 1, 0, 0, 0, 0],
    }))
    const recent = { ...weeks, parameters: { interval: "week" }, values: { last52Weeks } }
    expect(label(renderChart("calendar", { activity: recent }))).toContain("104 commits in 365 days up to 2026-09-06")
    // What comes after the snapshot has not been.
    const snapshot = { committedAt: new Date("2026-09-03T12:00:00Z") }
    expect(label(renderChart("calendar", { activity: { ...recent, snapshot } }))).toContain("up to 2026-09-03")
  })

  it("of activity without people as everyone's", () => {
    const days = table(["2026-08-03", "2026-08-04", "2026-06-01"].map((start) => ({ start, commits: 3 })))
    expect(label(renderChart("activity", { activity: days }))).toContain(
      "9 commits by 1 person from Jun 2026 to Aug 2026",
    )
  })

  it("of files as those of their directories", () => {
    const files = table([
      { path: "src/a.ts", mainDeveloper: "Ada", share: 0.5, lines: 100 },
      { path: "src/b.ts", mainDeveloper: "Ada", share: 1, lines: 50 },
      { path: "README.md", mainDeveloper: "Grace", share: 1, lines: 10 },
    ])
    const svg = renderChart("ownership", { ownership: files })
    expect(svg).toContain("src: Ada, 100 of 150 lines (67 %)")
    expect(svg).toContain(".: Grace, 10 of 10 lines (100 %)")
  })

  it("of directories, and neither of the whole nor of the same twice", () => {
    const rows = [".", "src", "src/deep", "packages", "packages/a", "packages/b", "packages/b/src"].map((path) => ({
      path,
      lines: { ".": 300, src: 90, "src/deep": 90, packages: 200 }[path] ?? 100,
      mainDeveloper: "Ada",
      share: 0.9,
    }))
    const svg = renderChart("ownership", { ownership: table(rows, { parameters: { by: "directory" } }) })
    expect([...svg.matchAll(/<title>([^:<]+): Ada,/g)].map(([, path]) => path)).toEqual([
      "packages",
      "packages/a",
      "packages/b",
      "src/deep",
    ])
  })

  it("of directories with the people who have most of each, and how many others there are", () => {
    const owners = [
      { name: "Ada", email: "ada@example.org", lines: 60, share: 0.6 },
      { name: "Grace", email: "grace@example.org", lines: 30, share: 0.3 },
    ]
    const rows = [{ path: "src", lines: 100, mainDeveloper: "Ada", share: 0.6, people: 7, owners }]
    const ownership = table(rows, { parameters: { by: "directory", basis: "surviving" } })
    const svg = renderChart("ownership", { ownership })
    expect([...svg.matchAll(/<title>(src: [^<]+)</g)].map(([, title]) => title)).toEqual([
      "src: Ada, 60 of 100 surviving lines (60 %)",
      "src: Grace, 30 of 100 surviving lines (30 %)",
      "src: others (5), 10 of 100 surviving lines (10 %)",
    ])
    expect(renderReport({ repository: { name: "a/b" }, insights: { ownership } })).toContain("Ada 60 %, Grace 30 %")
  })

  it("of the last moment of a day", () => {
    const rows = table([
      { at: "2026-01-01T10:00:00.000Z", cohort: "2025", lines: 10 },
      { at: "2026-01-01T20:00:00.000Z", cohort: "2026", lines: 7 },
    ])
    expect(label(renderChart("burndown", { burndown: rows }))).toBe(
      "7 lines on 2026-01-01, 100 % of them from 2026; at most 7",
    )
  })

  it("of recent weeks in the summary, where there is no activity", () => {
    const summary = table([], { values: { commits: 90, contributors: 3, caf: 1, recentWeeks: [1, 0, 4, null] } })
    expect(label(renderChart("card", { summary }, { repository: "a/b" }))).toBe(
      "a/b: 90 commits, 3 people, bus factor 1, 5 commits in the last 3 weeks",
    )
  })

  it("of cohorts in columns as well as in rows", () => {
    const columns = table([
      { date: "2026-01-01", "2025": 10, "2026": 0 },
      { date: "2026-02-01", "2025": 8, "2026": 5 },
    ])
    const rows = table([
      { at: "2026-01-01T00:00:00Z", cohort: "2025", lines: 10 },
      { at: "2026-02-01T00:00:00Z", cohort: "2025", lines: 8 },
      { at: "2026-02-01T00:00:00Z", cohort: "2026", lines: 5 },
    ])
    expect(renderChart("burndown", { burndown: columns })).toBe(renderChart("burndown", { burndown: rows }))
    expect(label(renderChart("burndown", { burndown: rows }))).toBe(
      "13 lines on 2026-02-01, 62 % of them from 2025; at most 13",
    )
  })
})
