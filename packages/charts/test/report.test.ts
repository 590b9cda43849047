import { createHash } from "node:crypto"
import { describe, expect, it } from "vitest"
import { renderReport, type InsightTable, type ReportDocument } from "../src/index.js"
import { hostileNames } from "./helpers/hostile.js"
import { parseSvg } from "./helpers/parse-svg.js"
import { sampleReport } from "./helpers/report.js"

/** What is written is XML too, but for the doctype. */
const parse = (html: string) => parseSvg(html.replace(/^<!doctype html>\n/, ""))
const textOf = (html: string) =>
  html
    .replace(/<style>.*?<\/style>/gs, "")
    .replace(/<title>.*?<\/title>/gs, "")
    .replace(/<[^>]+>/g, " ")

describe("a report", () => {
  const html = renderReport(sampleReport)

  it("loads nothing, runs nothing, and has a policy that says so", () => {
    const elements = parse(html)
    const names = new Set(elements.map(({ name }) => name))
    for (const name of ["script", "link", "img", "iframe", "object", "base", "form", "foreignObject"])
      expect(names).not.toContain(name)
    for (const { name, attributes } of elements) {
      for (const key of Object.keys(attributes)) expect(key).not.toMatch(/^(on|style$|src|xlink)/i)
      if (attributes["href"] && !attributes["href"].startsWith("#")) expect(name).toBe("a")
    }
    expect(html).not.toMatch(/url\(|@import|@font-face/)
    const style = elements.filter(({ name }) => name === "style")
    expect(style).toHaveLength(1)
    const hash = createHash("sha256").update(style[0]!.text).digest("base64")
    const policy = elements.find(({ attributes }) => attributes["http-equiv"] === "Content-Security-Policy")!
      .attributes["content"]
    expect(policy).toBe(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`)
  })

  it("has ids that are there once, and links that lead somewhere", () => {
    const elements = parse(html)
    const ids = elements.flatMap(({ attributes }) => attributes["id"] ?? [])
    expect(new Set(ids).size).toBe(ids.length)
    for (const { attributes } of elements) {
      if (attributes["href"]?.startsWith("#")) expect(ids).toContain(attributes["href"].slice(1))
      for (const key of ["aria-labelledby", "aria-describedby"])
        if (attributes[key]) expect(ids).toContain(attributes[key])
    }
  })

  it("names repository, commit, dates and totals", () => {
    expect(textOf(html)).toMatch(/taskforcesh\/bullmq/)
    expect(textOf(html)).toMatch(/master at 352d3c7, 2026-08-31/)
    expect(textOf(html)).toMatch(/Report of 2026-09-01 08:00 UTC/)
    expect(textOf(html)).toMatch(/commits\s+3,738\s+141 of them merges/)
  })

  it("stands the numbers beside each plot, with how they were counted and what was left out", () => {
    const elements = parse(html)
    const sections = elements.filter(({ name, attributes }) => name === "section" && attributes["id"])
    expect(sections.map(({ attributes }) => attributes["id"])).toEqual([
      ...[
        "calendar",
        "activity",
        "hotspots",
        "ownership",
        "coupling",
        "punch-card",
        "burndown",
        "survival",
        "languages",
      ],
      ...["bus-factor", "summary", "left-out"],
    ])
    expect(elements.filter(({ name }) => name === "figure")).toHaveLength(9)
    // Wide and narrow.
    expect(elements.filter(({ name }) => name === "svg")).toHaveLength(18)
    expect(elements.filter(({ name }) => name === "details")).toHaveLength(10)
    expect(textOf(html)).toContain("Parameters: min revs 5, min shared 5, min degree 30, max changeset 30.")
    expect(textOf(html)).toMatch(
      /bots\s+4\s+people\s+programs that commit, such as renovate\[bot\]\s+activity-by-author, ownership, bus-factor/,
    )
  })

  it("says what to look at, of the numbers that it has", () => {
    const text = textOf(html).replace(/\s+/g, " ")
    expect(text).toContain(
      "2 people made half of all commits; without 3 people, more than half of the files have no author left.",
    )
    expect(text).toMatch(/is the hottest file: \d+ commits changed it/)
    expect(text).toContain("change together, in 96 % of their commits.")
    expect(text).toContain("97 of 812 files have not been changed in 180 days.")
    expect(text).toContain("Half of the lines are gone after 3.2 years.")
  })
})

it("leaves out what is missing, to the last section", () => {
  const { insights } = sampleReport
  for (const missing of Object.keys(insights)) {
    const { [missing]: _, ...others } = insights
    parse(renderReport({ ...sampleReport, insights: others }))
  }
  const bare = renderReport({ repository: { name: "owner/repo" }, insights: {} })
  expect(parse(bare).some(({ name }) => name === "section" || name === "svg")).toBe(false)
  expect(textOf(bare)).toContain("owner/repo")
})

it("shows text of others as text, wherever it stands", () => {
  const text = hostileNames.join(" ")
  const insight: InsightTable = {
    definition: text,
    parameters: { [text]: text, list: [text, [text]], nested: { [text]: text } },
    exclusions: hostileNames.map((what, at) => ({ what, count: at, unit: what, reason: what })),
    snapshot: { branch: text, commit: text, committedAt: text },
    values: { [text]: text, halfLifeDays: 4 },
    columns: hostileNames,
    rows: hostileNames.map((path) => ({ path, name: path, first: path, second: "b", degree: 50, [path]: path })),
  }
  const names = Object.keys(sampleReport.insights)
  const report: ReportDocument = {
    repository: { name: text, url: "javascript:alert(1)", branch: text, commit: text },
    insights: Object.fromEntries([...names, "contributors", "identities"].map((name) => [name, insight])),
    filters: { [text]: text, path: text },
  }
  const html = renderReport(report)
  const elements = parse(html)
  expect(elements.some(({ name }) => ["script", "img"].includes(name))).toBe(false)
  expect(
    elements.filter(({ name }) => name === "a").every(({ attributes }) => attributes["href"]!.startsWith("#")),
  ).toBe(true)
  // eslint-disable-next-line no-control-regex
  expect(html).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
})

it("says what part is counted, and where it is not that part", () => {
  const insight = (parameters: InsightTable["parameters"], values: InsightTable["values"] = {}): InsightTable => ({
    ...{ definition: "Something.", exclusions: [], columns: [], rows: [] },
    ...{ parameters, values },
  })
  const numbers = { contributors: 5, bots: 2 }
  const say = (bots: string | null, filters?: Record<string, string>) =>
    textOf(
      renderReport({
        repository: { name: "a" },
        insights: {
          summary: insight({ since: "2026-01-01T00:00:00Z", bots }, numbers),
          languages: insight({ path: null }),
        },
        filters,
      }),
    ).replace(/\s+/g, " ")
  const part = say("show", { since: "2026-01-01", bots: "show" })
  expect(part).toContain("Only a part is counted: since 2026-01-01 · bots show.")
  expect(part.match(/Counted without since, bots, which this does not take\./g)).toHaveLength(1)
  expect(part).not.toContain("bots hidden")
  const whole = say(null)
  expect(whole).not.toMatch(/Only a part|Counted without/)
  expect(whole).toContain("2 bots hidden")
})

it("says when its numbers are not the newest, or the first of many", () => {
  const summary = sampleReport.insights["summary"]!
  const say = (more: object) =>
    textOf(
      renderReport({
        repository: { name: "a" },
        insights: { summary: { ...summary, snapshot: { ...summary.snapshot, ...more } } },
      }),
    )
  expect(say({ stale: true })).toContain("A newer snapshot is being built")
  expect(say({ complete: false })).toContain("still being read")
  expect(say({})).not.toMatch(/newer snapshot|still being read/)
})
