import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { InsightName, Json } from "@assay/core"
import type { SnapshotFacts } from "../../src/facts/snapshot-facts.js"
import { insightDefinitions } from "../../src/insights/insight-definitions.js"
import type { TestRepository } from "../helpers/create-repository.js"
import { busyProject } from "./busy-project.js"
import { compute } from "./compute.js"
import { gitOf, loadWithGit } from "./load-with-git.js"

let source: TestRepository
let facts: SnapshotFacts
let git: (...args: string[]) => string
beforeAll(async () => {
  source = await busyProject()
  const commit = source.git("rev-parse", "main")
  facts = loadWithGit(source, commit)
  git = gitOf(source, commit)
})
afterAll(() => source[Symbol.asyncDispose]())

const valuesOf = async (name: InsightName, parameters: Record<string, string>): Promise<Record<string, Json>> =>
  (await compute(insightDefinitions[name], facts, { parameters })).values

/** Which number of which insight a number of the summary is. */
const sources: [name: InsightName, keys: Record<string, string>][] = [
  ["contributors", { commits: "commits", merges: "merges", contributors: "contributors" }],
  [
    "bus-factor",
    { caf: "caf", truckFactor: "truckFactor", fileOwners: "fileOwners", activeContributors: "activePeople" },
  ],
  ["churn", { added: "added", deleted: "deleted" }],
  ["files", { files: "files", lines: "lines", sloc: "sloc", unattributedFiles: "unattributedFiles" }],
  ["hotspots", { hotspots: "hotspots" }],
  ["age", { medianAgeDays: "medianAgeDays", deadFiles: "deadFiles" }],
  ["activity", { velocity: "velocity", weekendShare: "weekendShare" }],
  ["releases", { releases: "releases", latestRelease: "latest" }],
  ["survival", { halfLifeDays: "halfLifeDays", reworkShare: "reworkShare" }],
]

describe.each([
  ["a window", { since: "2023-02-01", until: "2023-06-01" }],
  ["a folder", { path: "src" }],
  ["all but a folder, and a kind of files", { exclude: "src,*.json" }],
  ["programs too", { bots: "show" }],
  ["people only", { bots: "hide" }],
  ["some commits", { ignoreCommits: "" }],
  ["all of it at once", { since: "300d", path: "src,lib", exclude: "**/main.ts", bots: "show" }],
] as [string, Record<string, string>][])("with filters for %s", (what, given) => {
  test("each number is that of its insight, with those of the filters that it takes", async () => {
    const ignored = git("log", "--no-merges", "--format=%h", "--abbrev=10", "-8", "main").split("\n").filter(Boolean)
    const filters = what === "some commits" ? { ignoreCommits: ignored.join(",") } : given
    const summary = await valuesOf("summary", filters)
    for (const [name, keys] of sources) {
      const taken = Object.entries(filters).filter(([key]) => Object.hasOwn(insightDefinitions[name].takes, key))
      const values = await valuesOf(name, Object.fromEntries(taken))
      for (const [key, other] of Object.entries(keys))
        expect([name, key, summary[key]]).toEqual([name, key, values[other]])
    }
  })
})

test("commits of a window and a folder are those that git counts", async () => {
  const [since, until] = ["2023-02-01T00:00:00Z", "2024-01-01T00:00:00Z"]
  const times = git("log", "--no-merges", "--no-renames", "--format=%at", "main", "--", "src")
    .split("\n")
    .filter(Boolean)
    .map((seconds) => Number(seconds) * 1000)
    .filter((time) => time >= Date.parse(since) && time < Date.parse(until))
    .sort((one, other) => one - other)
  expect(times.length).toBeGreaterThan(5)
  const text = (time: number | undefined): string => `${new Date(time!).toISOString().slice(0, 19)}Z`
  expect(await valuesOf("summary", { since, until, path: "src" })).toMatchObject({
    commitsNonMerge: times.length,
    firstCommitAt: text(times[0]),
    lastCommitAt: text(times.at(-1)),
    commitsLast30Days: 0,
  })
})

test("the last thirty days are those of the window, too", async () => {
  const tip = Number(git("log", "-1", "--format=%ct", "main"))
  const within = (days: number): number =>
    git("log", "--no-merges", "--format=%at", "main")
      .split("\n")
      .filter((seconds) => Number(seconds) >= tip - days * 86_400 && Number(seconds) <= tip + 86_400).length
  expect(within(30)).toBeGreaterThan(within(20))
  expect(await valuesOf("summary", { since: "20d" })).toMatchObject({ commitsLast30Days: within(20) })
  expect(await valuesOf("summary", { since: "90d" })).toMatchObject({ commitsLast30Days: within(30) })
})
