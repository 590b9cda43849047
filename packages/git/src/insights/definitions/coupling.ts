import { defineInsight } from "../insight-definition.js"
import type { InsightTable } from "../insight-definition.js"
import { exclusions, historyExclusions } from "../insight-context.js"
import { countCommunication } from "../metrics/communication.js"
import { countRevisions, coupleFiles, gatherChangeSets, sumOfCoupling } from "../metrics/coupling.js"
import * as take from "../parameter.js"
import { sortRows } from "../sort-rows.js"

const wholeNumber = (name: string, standard: number, about: string): ReturnType<typeof take.wholeNumber> =>
  take.wholeNumber(name, about, { default: standard, min: 0, max: 1_000_000 })

const byPairs = [
  "a",
  "b",
  "degree",
  "averageRevisions",
  "shared",
  "revisionsOfA",
  "revisionsOfB",
  "confidenceOfA",
  "confidenceOfB",
]
const byFiles = ["path", "sumOfCoupling", "revisions"]
const byPeople = ["name", "email", "otherName", "otherEmail", "strength", "shared", "averageCommits"]

export const coupling = defineInsight({
  name: "coupling",
  version: 1,
  title: "Temporal coupling",
  definition:
    "Which files change in the same commits, as code-maat counts it: degree = trunc(100 · shared / average revisions of the two). A commit with more than `maxChangeset` paths counts nowhere. By `files`: the sum over a file's commits of the other files in them. By `people`: strength = trunc(100 · files that both touched / average commits, rounded up). Windows are by the committer's time.",
  takes: {
    by: take.choice("by", "What a row is.", ["pairs", "files", "people"]),
    minRevs: wholeNumber(
      "minRevs",
      5,
      "The least average revisions of a pair, rounded up; files need more than so many.",
    ),
    minShared: wholeNumber("minShared", 5, "The fewest commits that a pair has in common."),
    minDegree: wholeNumber("minDegree", 30, "The least degree, in percent, before its fraction is cut off."),
    maxDegree: wholeNumber("maxDegree", 100, "The largest degree, in percent."),
    maxChangeset: wholeNumber("maxChangeset", 30, "Commits that touch more paths are left out entirely."),
    period: take.choice(
      "period",
      "What counts as one change: a commit, or all commits of one person on one day in UTC (`P1D`).",
      ["commit", "P1D"],
    ),
    gone: take.flag("gone", "Shows files that are no longer there, too."),
    maxPeople: wholeNumber(
      "maxPeople",
      500,
      "By people: files that more people touched say nothing about who works together.",
    ),
    since: take.since,
    until: take.until,
    path: take.path,
    exclude: take.exclude,
    bots: take.botsShown,
    ignoreCommits: take.ignoreCommits,
    view: take.exactView,
    now: take.now,
    branch: take.branch,
  },
  values: {
    pairs: "pairs of files that are coupled, or of people that share files",
    changesets: "commits (or days of a person) that count",
    files: "files in them",
  },
  columns: {
    a: "the path that comes first",
    b: "the other path",
    degree: "in percent",
    averageRevisions: "of the two, rounded up",
    shared: "commits that touch both, or files that both people touched",
    revisionsOfA: "commits that touch a",
    revisionsOfB: "commits that touch b",
    confidenceOfA: "shared / revisionsOfA: how often b changes when a does",
    confidenceOfB: "shared / revisionsOfB",
    path: "of a file that is gone, its last path",
    sumOfCoupling: "other files in the commits that touch this one, added up",
    revisions: "commits that touch it",
    name: "one person",
    email: "the address of that person",
    otherName: "another person",
    otherEmail: "the address of that person",
    strength: "in percent; above 100 when they share more files than they have commits",
    averageCommits: "of the two, rounded up",
  },
  async compute(context, parameters): Promise<InsightTable> {
    const { by, view, gone, minRevs, maxChangeset, period, maxPeople } = parameters
    const present = new Set((await context.facts.files()).map(({ pathId }) => pathId))
    const shows = (file: number): boolean => gone || present.has(file)
    const people = await context.people()

    if (by === "people") {
      const filters = { ...parameters, bots: parameters.bots }
      const { results, leftOut } = await context.fold([countCommunication({ shows, maxPeople })], filters, "committer")
      const [{ pairs, widelyShared }] = results
      const rows = pairs.map(({ one, other, ...row }) => ({
        ...{ name: people.name[one]!, email: people.email[one]! },
        ...{ otherName: people.name[other]!, otherEmail: people.email[other]! },
        ...row,
      }))
      const sorted = sortRows(rows, [
        ["strength", "desc"],
        ["shared", "desc"],
        ["email", "asc"],
        ["otherEmail", "asc"],
      ])
      const reason = `more than ${maxPeople} people touched them`
      return {
        values: { pairs: rows.length, changesets: null, files: null },
        columns: byPeople,
        rows: sorted,
        exclusions: [...exclusions([["widelyShared", widelyShared, "files", reason]]), ...historyExclusions(leftOut)],
      }
    }

    const options = { maxChangeset, period, latest: context.latest }
    const { results, leftOut } = await context.fold([gatherChangeSets(options)], parameters, "committer")
    const [sets] = results
    const left = [
      ...exclusions([["largeChangesets", sets.large, "commits", `they touch more than ${maxChangeset} files`]]),
      ...historyExclusions(leftOut),
    ]
    const pathOf = await context.pathOf(view)
    const revisions = countRevisions(sets)
    const pairs = coupleFiles(sets, { ...parameters, shows })
    const values = { pairs: pairs.length, changesets: sets.length, files: revisions.size }
    if (by === "files") {
      const rows = [...sumOfCoupling(sets)]
        .filter(([file, sum]) => sum > minRevs && shows(file))
        .map(([file, sum]) => ({ path: pathOf(file), sumOfCoupling: sum, revisions: revisions.get(file)! }))
      const sorted = sortRows(rows, [
        ["sumOfCoupling", "desc"],
        ["path", "asc"],
        ["revisions", "desc"],
      ])
      return { values, columns: byFiles, rows: sorted, exclusions: left }
    }
    const rows = pairs.map((pair) => {
      const sides = [
        { path: pathOf(pair.one), revisions: pair.revisionsOfOne },
        { path: pathOf(pair.other), revisions: pair.revisionsOfOther },
      ] as const
      const [a, b] =
        Buffer.compare(Buffer.from(sides[0].path), Buffer.from(sides[1].path)) <= 0 ? sides : [sides[1], sides[0]]
      return {
        ...{ a: a.path, b: b.path, degree: pair.degree, averageRevisions: pair.averageRevisions, shared: pair.shared },
        ...{ revisionsOfA: a.revisions, revisionsOfB: b.revisions },
        ...{ confidenceOfA: pair.shared / a.revisions, confidenceOfB: pair.shared / b.revisions },
      }
    })
    const sorted = sortRows(rows, [
      ["degree", "desc"],
      ["averageRevisions", "desc"],
      ["a", "asc"],
      ["b", "asc"],
    ])
    return { values, columns: byPairs, rows: sorted, exclusions: left }
  },
})
