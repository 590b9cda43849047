import { AssayError, InvalidInputError } from "@assay/core"
import type { Insight, InsightDescription, InsightQuery, InsightReader, RepositoryStore } from "@assay/core"
import { aSnapshot } from "./build-app.js"

/** An InsightReader whose numbers are made up, over the snapshots that a repository store says were published. */
export interface FixedInsights extends InsightReader {
  /** What was asked for, in order. */
  readonly asked: (InsightQuery & { name: string })[]
  /** Whether a newer snapshot is being built. */
  stale: boolean
}

const hotspots: InsightDescription = {
  name: "hotspots",
  title: "Hotspots",
  definition: "Files that change often and are large.",
  parameters: [
    { name: "since", about: "Only commits from then on.", default: undefined },
    { name: "minRevs", about: "Only files with so many commits.", default: "1" },
  ],
  values: { mostRevs: "the most commits of a file" },
  columns: { path: "the file", revs: "its commits", lastChangedAt: "when it was changed last" },
}

const summary: InsightDescription = {
  name: "summary",
  title: "Summary",
  definition: "The numbers that a person wants first.",
  parameters: [],
  values: { busFactor: "how many people may leave" },
  columns: {},
}

const rows = [
  { path: "=cmd()", revs: 7, lastChangedAt: "2026-11-01T00:00:00.000Z" },
  { path: 'a "quoted", path', revs: 5, lastChangedAt: null },
  { path: "-1\nline", revs: -2, lastChangedAt: null },
]

export function createFixedInsights(repositories: RepositoryStore): FixedInsights {
  const insights: FixedInsights = {
    asked: [],
    stale: false,
    descriptions: [hotspots, summary],
    async read({ id, tenant }, name, query = {}): Promise<Insight> {
      insights.asked.push({ name, ...query })
      if (!(await repositories.get(id, tenant))?.snapshot) {
        throw new AssayError("SNAPSHOT_NOT_READY", `Repository ${id} has not been indexed yet.`)
      }
      const minRevs = Number(query.parameters?.["minRevs"] ?? "1")
      if (!Number.isInteger(minRevs)) {
        throw new InvalidInputError("The query", [{ path: ["minRevs"], message: "must be a whole number" }])
      }
      const start = Number(query.cursor ?? 0)
      const end = query.limit === "all" ? rows.length : start + (query.limit ?? 100)
      const { number, commit, branch, publishedAt } = aSnapshot()
      const table = name === "hotspots" ? rows : []
      return {
        name,
        definition: name === "hotspots" ? hotspots.definition : summary.definition,
        parameters: name === "hotspots" ? { since: null, minRevs } : {},
        exclusions: [{ what: "bots", count: 2, unit: "people", reason: "they are programs" }],
        snapshot: {
          ...{ number, commit, branch, publishedAt },
          committedAt: new Date("2026-11-20T10:00:00Z"),
          stale: insights.stale,
          complete: true,
        },
        values: name === "hotspots" ? { mostRevs: 7 } : { busFactor: 2 },
        columns: name === "hotspots" ? ["path", "revs", "lastChangedAt"] : [],
        rows: table.slice(start, end),
        total: table.length,
        cursor: end < table.length ? String(end) : undefined,
      }
    },
    async snapshots(reference) {
      return [(await insights.read(reference, "summary")).snapshot]
    },
    async compare(reference, { base, head }) {
      const { snapshot } = await insights.read(reference, "summary")
      return {
        base: { ...snapshot, number: base },
        head: { ...snapshot, number: head },
        values: { busFactor: { base: 2, head: 3, difference: 1 } },
        hotspots: [{ path: "src/a.ts", base: 10, head: 90.5 }],
      }
    },
  }
  return insights
}
