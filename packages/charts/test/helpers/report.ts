import type { Exclusion, Insights, InsightTable, ReportDocument, Row } from "../../src/index.js"
import * as samples from "./samples.js"

const snapshot = { number: 3, commit: "352d3c7a90d1f5c8", branch: "master", committedAt: "2026-08-31T10:20:30.000Z" }
const bots: Exclusion = {
  what: "bots",
  count: 4,
  unit: "people",
  reason: "programs that commit, such as renovate[bot]",
}
const vendored: Exclusion = {
  what: "vendored",
  count: 212,
  unit: "files",
  reason: "vendored code: third_party/, by linguist's rules",
}

function insight(rows: readonly Row[], more: Partial<InsightTable> = {}): InsightTable {
  const columns = Object.keys(rows[0] ?? {})
  return {
    definition: "",
    parameters: {},
    exclusions: [],
    snapshot,
    values: {},
    columns,
    rows,
    total: rows.length,
    ...more,
  }
}

const mainOf = (owners: readonly { name: string; amount: number }[]) =>
  owners.reduce((main, owner) => (owner.amount > main.amount ? owner : main), { name: "", amount: 0 })

const burndown = samples.sampleBurndown()
const activity = samples.sampleActivity()

/** Insights of a repository of some years, as the package that computes them gives them. */
export const sampleInsights: Insights = {
  summary: insight([], {
    definition: "What there is in the snapshot, in numbers.",
    values: {
      commits: 3_738,
      merges: 141,
      contributors: 152,
      bots: 4,
      files: 812,
      lines: 61_310,
      releases: 402,
      deadFiles: 97,
    },
  }),
  activity: insight(
    samples.sampleCalendar().days.map(({ date, commits }) => ({ start: date, commits })),
    {
      definition: "Non-merge commits per day of the author's time, in UTC. Days without any are there.",
      parameters: { by: "time", interval: "day", tz: "UTC" },
      exclusions: [
        {
          what: "invalidTime",
          count: 2,
          unit: "commits",
          reason: "their clock was after the snapshot's by more than a day",
        },
      ],
    },
  ),
  "activity-by-author": insight(
    activity.months.flatMap((month, at) =>
      activity.authors.map(({ name, commits }) => ({ start: `${month}-01`, name, commits: commits[at] ?? 0 })),
    ),
    {
      definition: "Non-merge commits of each person in each month.",
      parameters: { by: "person", interval: "month", bots: "hide" },
      exclusions: [bots],
    },
  ),
  hotspots: insight(
    samples
      .sampleHotspots()
      .files.map(({ path, size, commits }) => ({
        path,
        score: Math.sqrt(size * commits) / 8,
        revisions: commits,
        size,
        category: size > 900 && commits > 50 ? "hotspot" : "stable",
      }))
      .sort((a, b) => b.score - a.score),
    {
      definition:
        "Which files are both large and often changed (Tornhill): score = 100 · √(revisions / most revisions · size / largest size).",
      parameters: { size: "sloc", view: "lineage" },
      exclusions: [vendored],
    },
  ),
  ownership: insight(
    samples.sampleOwnership().directories.map(({ path, total, owners }) => ({
      path,
      lines: total,
      mainDeveloper: mainOf(owners).name,
      share: mainOf(owners).amount / total,
      contributors: owners.length,
    })),
    {
      definition: "Who added the lines of each directory.",
      parameters: { by: "directory", basis: "contribution", depth: 2 },
      exclusions: [bots, vendored],
    },
  ),
  coupling: insight(
    samples
      .sampleCoupling(18)
      .pairs.map(({ first, second, degree, shared }) => ({ a: first, b: second, degree, shared })),
    {
      definition: "Files that were changed by the same commits: degree = trunc(100 · shared / average revisions).",
      parameters: { minRevs: 5, minShared: 5, minDegree: 30, maxChangeset: 30 },
      exclusions: [{ what: "largeChangesets", count: 61, unit: "commits", reason: "more than 30 paths in one commit" }],
      total: 71,
    },
  ),
  "punch-card": insight(
    samples.samplePunchCard().hours.map(({ weekday, hour, commits }) => ({ day: weekday, hour, commits })),
    { definition: "Non-merge commits by weekday and hour of the author's own clock." },
  ),
  burndown: insight(
    burndown.dates.flatMap((date, at) =>
      burndown.cohorts.map(({ name, lines }) => ({ at: `${date}T23:59:59.000Z`, cohort: name, lines: lines[at] ?? 0 })),
    ),
    { definition: "Lines that were alive at a date, by the year in which they were written, along the first parents." },
  ),
  survival: insight(
    samples.sampleSurvival().points.map(({ age, share }) => ({ ageMonths: age / 30, survival: share })),
    {
      definition: "Kaplan and Meier's estimate over lines: S(a) = Π (1 − d/n).",
      values: { halfLifeDays: samples.sampleSurvival().halfLife },
    },
  ),
  languages: insight(
    samples.sampleLanguages.languages.map(({ name, bytes, color }) => ({
      language: name,
      bytes,
      color: color ?? null,
    })),
    { definition: "Bytes by language at the snapshot, after linguist's rules.", exclusions: [vendored] },
  ),
  "bus-factor": insight(
    activity.authors.map(({ name, commits }) => ({
      name,
      commits: commits.reduce((sum, count) => sum + count, 0),
      active: true,
    })),
    {
      definition: "How few people a project depends on, by three measures that are not the same.",
      values: { caf: 2, cafActiveOnly: 2, truckFactor: 3, fileOwners: 2, risk: "medium" },
      exclusions: [bots],
    },
  ),
}

export const sampleReport: ReportDocument = {
  repository: {
    name: "taskforcesh/bullmq",
    url: "https://github.com/taskforcesh/bullmq",
    branch: "master",
    commit: "352d3c7a90d1f5c8",
    committedAt: "2026-08-31T10:20:30.000Z",
  },
  insights: sampleInsights,
  createdAt: new Date("2026-09-01T08:00:00.000Z"),
}
