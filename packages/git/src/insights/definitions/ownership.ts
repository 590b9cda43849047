import { candidateFiles } from "../candidate-files.js"
import { defineInsight } from "../insight-definition.js"
import { exclusions, historyExclusions } from "../insight-context.js"
import type { InsightContext } from "../insight-context.js"
import { gini } from "../metrics/gini.js"
import { quantile } from "../metrics/quantile.js"
import { byDirectory, describeOwnership, gatherContributions, rankOwners } from "../metrics/ownership.js"
import type { Contributions } from "../metrics/ownership.js"
import * as take from "../parameter.js"
import { sortRows } from "../sort-rows.js"

const columns = {
  path: "the file, or the folder; `.` is the whole repository",
  files: "files in the folder; 1 for a file",
  mainDeveloper: "the name of the person with most lines; of several, the one whose address comes first",
  mainDeveloperEmail: "the address of that person",
  share: "of the lines, those of the main developer",
  lines: "lines added, or lines that are left, as the basis says",
  contributors: "people with a revision",
  major: "of these, those with 5 % of the revisions or more",
  minor: "of these, those with less than 5 % of the revisions (Bird et al.)",
  ownership: "the largest share of the revisions that a person has",
  fragmentation: "1 − Σ (revisions of a person / all)²: 0 when one person made all (D'Ambros)",
  revisions: "non-merge commits that touched the file; of a folder, those of its files added up",
  people: "people with lines",
}

export const ownership = defineInsight({
  name: "ownership",
  version: 2,
  title: "Ownership",
  definition:
    "Who owns files and folders. On the basis of contribution: lines added in non-merge commits, renames followed. On the basis of what survives: lines at the snapshot by who wrote them, along the first parents, so that lines of a merged branch belong to who merged it. Regular text files of the snapshot; windows are by the committer's time.",
  takes: {
    by: take.choice("by", "What a row is.", ["file", "directory", "person"]),
    basis: take.choice("basis", "What is owned.", ["contribution", "surviving"]),
    depth: take.wholeNumber("depth", "By directory: how many folders deep. 0: the whole repository only.", {
      default: 100,
      min: 0,
      max: 1_000,
    }),
    maxOwners: take.wholeNumber("maxOwners", "By directory: how many of the people with lines are named.", {
      default: 5,
      min: 0,
      max: 1_000,
    }),
    since: take.since,
    until: take.until,
    path: take.path,
    exclude: take.exclude,
    include: take.include,
    bots: take.botsHidden,
    ignoreCommits: take.ignoreCommits,
    view: take.lineageView,
    sort: take.choice("sort", "The column that rows are sorted by.", [
      "lines",
      "share",
      "fragmentation",
      "contributors",
      "minor",
      "revisions",
      "path",
    ]),
    order: take.order,
    now: take.now,
    branch: take.branch,
  },
  values: {
    basis: "`contribution` or `surviving`",
    files: "files that somebody's commit touched",
    lines: "lines of all of them",
    people: "people with lines",
    gini: "how unequally the lines are shared by people: 0 when all have the same, towards 1 when one has them all",
    fragmentation: "the median of the files",
  },
  columns: {
    ...columns,
    owners:
      "of a folder: `name`, `email`, `lines` and `share` of the people with most lines, of equals the one whose address comes first; as many as `maxOwners` says, of all that `people` counts",
    name: "the person",
    email: "the address of the person",
    mainOf: "files that the person is the main developer of",
  },
  async compute(context, parameters) {
    const { by, basis, depth, maxOwners, sort, order } = parameters
    const people = await context.people()
    const { results, leftOut } = await context.fold([gatherContributions()], parameters, "committer")
    const contributed = results[0]
    const { candidates, exclusions: excluded } = candidateFiles(await context.files(parameters), parameters.include)
    const bot = (person: number): boolean =>
      parameters.bots !== "show" && (people.bot[person] === 1) === (parameters.bots === "hide")
    const surviving = basis === "surviving" ? await survivingLines(context, bot) : undefined
    const files: [path: string, contributions: Contributions][] = []
    let unattributed = 0
    for (const { pathId, path } of candidates) {
      const known = contributed.get(pathId)
      const lines = surviving ? surviving.get(pathId) : known?.lines
      if (!known && !lines) unattributed++
      else
        files.push([
          path,
          { lines: lines ?? new Map<number, number>(), revisions: known?.revisions ?? new Map<number, number>() },
        ])
    }
    const all = byDirectory(files)
    const linesOf = all.get(".")?.lines ?? new Map<number, number>()
    const described = files.map(([path, contributions]) => ({ path, files: 1, ...describeOwnership(contributions) }))
    const fragmentations = described.map(({ fragmentation }) => fragmentation).sort((left, right) => left - right)
    const total = [...linesOf.values()].reduce((sum, count) => sum + count, 0)
    const values = {
      ...{
        basis,
        files: files.length,
        lines: total,
        people: [...linesOf.values()].filter((count) => count > 0).length,
      },
      gini: gini([...linesOf.values()].filter((count) => count > 0)) ?? null,
      fragmentation: quantile(fragmentations, 0.5) ?? null,
    }
    const left = [
      ...excluded,
      ...exclusions([["unattributed", unattributed, "files", "no commit that counts has touched them"]]),
      ...historyExclusions(leftOut),
    ]
    if (by === "person") {
      const mainOf = new Map<number, number>()
      for (const { mainDeveloper } of described) {
        if (mainDeveloper !== undefined) mainOf.set(mainDeveloper, (mainOf.get(mainDeveloper) ?? 0) + 1)
      }
      const persons = new Set([...linesOf.keys(), ...mainOf.keys()])
      const rows = [...persons].map((person) => ({
        ...{ name: people.name[person]!, email: people.email[person]!, lines: linesOf.get(person) ?? 0 },
        ...{ share: total === 0 ? 0 : (linesOf.get(person) ?? 0) / total, mainOf: mainOf.get(person) ?? 0 },
      }))
      const sorted = sortRows(rows, [
        ["lines", "desc"],
        ["email", "asc"],
      ])
      return { values, columns: ["name", "email", "lines", "share", "mainOf"], rows: sorted, exclusions: left }
    }
    const folders = by === "directory"
    const units = folders
      ? [...all]
          .filter(([path]) => path === "." || path.split("/").length <= depth)
          .map(([path, contributions]) => ({
            ...{ path, files: contributions.files, ...describeOwnership(contributions) },
            owners: rankOwners(contributions.lines, maxOwners).map(({ person, lines, share }) => ({
              ...{ name: people.name[person]!, email: people.email[person]!, lines, share },
            })),
          }))
      : described
    const rows = units.map(({ mainDeveloper, ...row }) => ({
      ...row,
      mainDeveloper: mainDeveloper === undefined ? null : people.name[mainDeveloper]!,
      mainDeveloperEmail: mainDeveloper === undefined ? null : people.email[mainDeveloper]!,
    }))
    const sorted = sortRows(rows, [
      [sort, order],
      ["path", "asc"],
    ])
    return {
      ...{ values, rows: sorted, exclusions: left },
      columns: [...Object.keys(columns), ...(folders ? ["owners"] : [])],
    }
  },
})

/** Lines at the snapshot by person, by path id: who made the commit of the first-parent chain in which they were born. */
async function survivingLines(
  context: InsightContext,
  leaveOut: (person: number) => boolean,
): Promise<Map<number, Map<number, number>>> {
  const files = new Map<number, Map<number, number>>()
  const ledger = await context.facts.lines()
  if (!ledger) return files
  const people = await context.people()
  const authors = Int32Array.from(ledger.commits.authorId, (identity) => people.positionOf(identity))
  for await (const births of context.facts.fileLines()) {
    for (const { pathId, born, count } of births) {
      const lines = new Map<number, number>()
      for (let run = 0; run < born.length; run++) {
        const person = authors[born[run]!]!
        if (!leaveOut(person)) lines.set(person, (lines.get(person) ?? 0) + count[run]!)
      }
      files.set(pathId, lines)
    }
  }
  return files
}
