import type { InsightName } from "@assay/core"
import { expect, test } from "vitest"
import { checkInsightParameters } from "../../src/index.js"

const issuesOf = (name: InsightName, texts: Record<string, string>): unknown => {
  try {
    checkInsightParameters(name, texts)
    return []
  } catch (error) {
    const { code, issues } = error as { code: string; issues: { path: string[] }[] }
    return [code, ...issues.map(({ path }) => path.join("."))]
  }
}

test("says which parameters an insight does not take or cannot read, all at once", () => {
  expect(issuesOf("summary", { since: "90d", until: "30d", path: "src,*.ts", bots: "only" })).toEqual([])
  expect(issuesOf("burndown", { since: "90d" })).toEqual(["INVALID_INPUT", "since"])
  expect(issuesOf("summary", { since: "soon", bots: "maybe" })).toEqual(["INVALID_INPUT", "since", "bots"])
  expect(issuesOf("summary", { since: "soon", until: "2026-01-01", bots: "maybe" })).toEqual([
    ...["INVALID_INPUT", "since", "bots"],
  ])
})

test("says that a window ends before it begins where any snapshot would", () => {
  expect(issuesOf("summary", { since: "2026-01-02", until: "2026-01-01" })).toEqual(["INVALID_INPUT", "until"])
  expect(issuesOf("summary", { since: "30d", until: "90d" })).toEqual(["INVALID_INPUT", "until"])
  // Two weeks before the last commit may be long ago.
  expect(issuesOf("summary", { since: "2w", until: "2020-01-01" })).toEqual([])
})
