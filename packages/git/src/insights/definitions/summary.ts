import type { Json } from "@assay/core"
import { secondsOfDay, timeText } from "../calendar.js"
import { defineInsight } from "../insight-definition.js"
import type { InsightDefinition, InsightTable } from "../insight-definition.js"
import { countCommits } from "../metrics/commits.js"
import { secondsOf } from "../insight-context.js"
import type { InsightContext } from "../insight-context.js"
import { parseParameters } from "../parse-parameters.js"
import * as take from "../parameter.js"
import { activity } from "./activity.js"
import { age } from "./age.js"
import { busFactor } from "./bus-factor.js"
import { churn } from "./churn.js"
import { contributors } from "./contributors.js"
import { files } from "./files.js"
import { hotspots } from "./hotspots.js"
import { languages } from "./languages.js"
import { releases } from "./releases.js"
import { survival } from "./survival.js"

const listed = 5

/** Its numbers are those of the other insights, asked with the same filters and else their defaults: no number is defined twice. */
export const summary = defineInsight({
  name: "summary",
  version: 2,
  title: "Summary",
  definition:
    "The numbers of a repository that one wants first. Each is that of the insight that it comes from, with the filters given here that this one takes, and else its defaults; lists hold the first five. Files, their lines and languages are those of the snapshot, which `path` and `exclude` divide and no other filter does. Nothing but these two and `ignoreCommits` reaches the age of lines and the dead files, nothing but `since` and `until` the releases, and nothing at all the half-life and the rework, which are of the whole repository. Commits and when they were made are of everybody, whatever `bots` says.",
  takes: {
    since: take.since,
    until: take.until,
    path: take.path,
    exclude: take.exclude,
    bots: take.botsOfEach,
    ignoreCommits: take.ignoreCommits,
    now: take.now,
    branch: take.branch,
  },
  values: {
    commits: "commits, merges included",
    merges: "commits with two or more parents",
    commitsNonMerge: "the others",
    contributors: "people with a non-merge commit, programs left out unless `bots` says otherwise",
    bots: "programs with one",
    activeContributors: "people with one in the year before `now`",
    firstCommitAt: "the first non-merge commit, by the author's clock",
    lastCommitAt: "the last one",
    ageDays: "days from the first commit to `now`",
    commitsLast30Days: "non-merge commits of the 30 days before `now`, by the author's clock",
    files: "regular files",
    lines: "their lines",
    sloc: "lines with a byte that is not white space",
    added: "lines added by non-merge commits",
    deleted: "lines deleted by them",
    caf: "contributor absence factor",
    cafActiveOnly: "the same of those who are active",
    truckFactor: "truck factor",
    truckFactorActiveOnly: "the same of those who are active",
    fileOwners: "owners of half of the files",
    fileOwnersActiveOnly: "the same of those who are active",
    elephantFactor: "caf over organisations",
    risk: "by the owners of files",
    hotspots: "files of the category `hotspot`",
    medianAgeDays: "of the lines, in days",
    deadFiles: "files without a change in 180 days",
    halfLifeDays: "days until half of the lines are gone",
    reworkShare: "of the lines deleted, those less than 21 days old",
    velocity: "commits of a week, the median of the last 12",
    velocityBefore: "the same of the 12 before",
    lateNightShare: "of the commits, those from 22:00 up to 06:00",
    weekendShare: "of the commits, those on Saturday or Sunday",
    releases: "stable releases",
    latestRelease: "the newest of them",
    latestReleaseAt: "when it was made",
    cadenceMedianDays: "days between releases, the median",
    unattributedFiles: "files that no non-merge commit touched",
    invalidTimes: "non-merge commits with an author's time that is none",
    topContributors: "`name`, `email`, `commits` and `share`",
    topLanguages: "`language`, `bytes` and `percent`",
    topHotspots: "`path`, `score`, `revisions`, `sloc` and `category`",
    recentWeeks: "the commits of the last 12 weeks, oldest first, that of `now` last",
  },
  columns: {},
  async compute(context, parameters) {
    const { now } = context
    const { now: _, branch: __, ...filters } = parameters
    const read = (definition: InsightDefinition, own: Record<string, Json> = {}): Promise<InsightTable> =>
      definition.compute(context, {
        ...defaultsOf(definition, context, nowOf(parameters.now)),
        ...filtersOf(definition, filters),
        ...own,
      })
    const people = await read(contributors)
    const everybody = await read(contributors, { bots: "only" })
    const factors = (await read(busFactor)).values
    const hot = await read(hotspots)
    const active = (await read(activity)).values
    const present = (await read(files)).values
    const aged = (await read(age)).values
    const survived = (await read(survival)).values
    const released = (await read(releases)).values
    const churned = (await read(churn)).values
    const spoken = await read(languages)
    const ofEverybody = { ...filters, bots: "show" } as const
    const counts = (await context.fold([countCommits(context.latest)], ofEverybody, "author")).results[0]
    const monthAgo = now - 30 * secondsOfDay
    const recently = { ...ofEverybody, since: timeText(Math.max(secondsOf(filters.since) ?? monthAgo, monthAgo)) }
    const recent = await context.fold([countCommits(context.latest)], recently, "author")
    const values: Record<string, Json> = {
      ...pick(people.values, ["commits", "merges", "commitsNonMerge", "contributors"]),
      bots: everybody.values["contributors"]!,
      activeContributors: factors["activePeople"]!,
      firstCommitAt: counts.firstAt === undefined ? null : timeText(counts.firstAt),
      lastCommitAt: counts.lastAt === undefined ? null : timeText(counts.lastAt),
      ageDays: counts.firstAt === undefined ? null : Math.max(now - counts.firstAt, 0) / secondsOfDay,
      commitsLast30Days: recent.results[0].commitsNonMerge,
      ...pick(present, ["files", "lines", "sloc"]),
      ...pick(churned, ["added", "deleted"]),
      ...pick(factors, ["caf", "cafActiveOnly", "truckFactor", "truckFactorActiveOnly"]),
      ...pick(factors, ["fileOwners", "fileOwnersActiveOnly", "elephantFactor", "risk"]),
      hotspots: hot.values["hotspots"]!,
      ...pick(aged, ["medianAgeDays", "deadFiles"]),
      ...pick(survived, ["halfLifeDays", "reworkShare"]),
      ...pick(active, ["velocity", "velocityBefore", "lateNightShare", "weekendShare"]),
      releases: released["releases"]!,
      latestRelease: released["latest"]!,
      latestReleaseAt: released["latestAt"]!,
      cadenceMedianDays: released["cadenceMedianDays"]!,
      unattributedFiles: present["unattributedFiles"]!,
      invalidTimes: counts.invalidTimes,
      topContributors: people.rows.slice(0, listed).map((row) => pick(row, ["name", "email", "commits", "share"])),
      topLanguages: spoken.rows.slice(0, listed).map((row) => pick(row, ["language", "bytes", "percent"])),
      topHotspots: hot.rows
        .slice(0, listed)
        .map((row) => pick(row, ["path", "score", "revisions", "sloc", "category"])),
      recentWeeks: (active["last52Weeks"] as { week: string; total: number }[])
        .slice(-12)
        .map(({ week, total }) => ({ start: week, commits: total })),
    }
    // Of the people; each of the other insights tells its own.
    return { values, columns: [], rows: [], exclusions: people.exclusions }
  },
})

function nowOf(now: string | null): Record<string, string> {
  return now === null ? {} : { now }
}

/** Of what was asked for, what the insight takes. */
function filtersOf({ takes }: InsightDefinition, filters: Readonly<Record<string, Json>>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(filters).filter(([name, value]) => value !== null && Object.hasOwn(takes, name)),
  )
}

function defaultsOf(
  definition: InsightDefinition,
  context: InsightContext,
  texts: Record<string, string>,
): Record<string, Json> {
  return parseParameters({ name: definition.name, parameters: definition.takes }, texts, context.now)
}

function pick(from: Readonly<Record<string, Json>>, keys: readonly string[]): Record<string, Json> {
  return Object.fromEntries(keys.map((key) => [key, from[key] ?? null]))
}
