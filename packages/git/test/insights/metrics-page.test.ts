import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { insightDefinitions } from "../../src/insights/insight-definitions.js"

const page = readFileSync(new URL("../../../../docs/concepts/metrics.md", import.meta.url), "utf8")
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf("\n")), section]),
)

/** The first cells of the table with that heading. */
function namesIn(section: string, heading: string): string[] {
  const lines = section.split("\n")
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} `))
  if (start === -1) return []
  const end = lines.findIndex((line, at) => at > start && line === "")
  return lines.slice(start + 2, end).map((line) => /^\| `([^`]+)`/.exec(line)![1]!)
}

test("the page of metrics has a section for each insight, and no other", () => {
  expect([...sections.keys()]).toEqual(Object.keys(insightDefinitions))
})

test.each(Object.values(insightDefinitions).map((definition) => [definition.name, definition] as const))(
  "the page names the definition, parameters, values and columns of %s",
  (name, { definition, parameters, values, columns }) => {
    const section = sections.get(name)!
    expect(section.replaceAll(/\s+/g, " ")).toContain(definition)
    expect(namesIn(section, "parameter")).toEqual(parameters.map((parameter) => parameter.name))
    expect(namesIn(section, "value")).toEqual(Object.keys(values))
    expect(namesIn(section, "column")).toEqual(Object.keys(columns))
    for (const part of ["Source", "Oracle", "Known limits"]) expect(section).toContain(`**${part}**`)
  },
)
