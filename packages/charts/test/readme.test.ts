import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import * as charts from "../src/index.js"
import { parseSvg } from "./helpers/parse-svg.js"

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
const examples = [...readme.matchAll(/```ts\n([^]*?)```/g)].map(([, code = ""]) => code)

/** Runs an example, and gives what it writes. */
function run(code: string): Map<string, string> {
  const written = new Map<string, string>()
  const writeFileSync = (file: string, text: string) => void written.set(file, text)
  const modules: Record<string, object> = { "@assay/charts": charts, "node:fs": { writeFileSync } }
  const body = code.replaceAll(/^import (\{.*\}) from "(.*)"$/gm, 'const $1 = modules["$2"]')
  new Function("modules", body)(modules)
  return written
}

describe("the examples of the README", () => {
  it("are two", () => expect(examples).toHaveLength(2))

  it("draw two charts in ten lines", () => {
    const code = examples[0] ?? ""
    expect(code.trim().split("\n").filter(Boolean).length).toBeLessThanOrEqual(10)
    const written = run(code)
    expect([...written.keys()]).toEqual(["calendar.svg", "hotspots.svg"])
    for (const svg of written.values()) parseSvg(svg)
    expect(written.get("calendar.svg")).toContain("12 commits in 365 days up to 2026-08-31, busiest 2026-08-31 with 12")
  })

  it("draw every chart by name, and a report", () => {
    const written = run(examples[1] ?? "")
    expect([...written.keys()]).toEqual([...charts.chartNames.map((name) => `${name}.svg`), "report.html"])
    expect(written.get("report.html")).toContain("src/worker.ts is the hottest file: 287 commits changed it")
  })
})

it("shows every chart, name, option and code that there is, and pictures as they are drawn now", () => {
  const table = [...readme.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name ?? "")
  const functions = Object.keys(charts).filter((name) => !/^(render|chart|Chart|isChart)/.test(name))
  expect(functions).toHaveLength(11)
  for (const name of functions) expect(table).toContain(name)
  for (const name of charts.chartNames) expect(readme).toContain(`\`${name}\``)
  const options = readFileSync(new URL("../src/chart-options.ts", import.meta.url), "utf8")
  const names = [
    ...(/interface ChartOptions \{([^]*?)\n\}/.exec(options)?.[1] ?? "").matchAll(/readonly (\w+)\?/g),
  ].map(([, name]) => name)
  expect(names).toHaveLength(6)
  for (const name of names) expect(table).toContain(name)
  const errors = readFileSync(new URL("../src/errors.ts", import.meta.url), "utf8")
  for (const [, code] of errors.matchAll(/^ {2}\| "(\w+)"$/gm)) expect(table).toContain(code)
  for (const [picture, golden] of [
    ["hotspots", "hotspot-treemap"],
    ["burndown", "burndown-stack"],
  ]) {
    for (const theme of ["light", "dark"]) {
      const shown = readFileSync(new URL(`../docs/${picture}.${theme}.svg`, import.meta.url), "utf8")
      expect(shown).toBe(readFileSync(new URL(`golden/${golden}.${theme}.svg`, import.meta.url), "utf8"))
    }
  }
})
