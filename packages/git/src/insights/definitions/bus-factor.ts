import type { InsightExclusion, Json } from "@assay/core"
import { secondsOfDay } from "../calendar.js"
import { candidateFiles } from "../candidate-files.js"
import { defineInsight } from "../insight-definition.js"
import type { Row } from "../insight-definition.js"
import { exclusions, historyExclusions } from "../insight-context.js"
import type { Filters, InsightContext } from "../insight-context.js"
import { churnByFile } from "../metrics/churn.js"
import { contributorAbsenceFactor } from "../metrics/absence-factor.js"
import { countContributors } from "../metrics/contributors.js"
import type { Contributor } from "../metrics/contributors.js"
import { elephantFactor, organisationOf } from "../metrics/elephant-factor.js"
import { countFileOwners, ownerRisk } from "../metrics/file-owners.js"
import type { FileOwners } from "../metrics/file-owners.js"
import { gatherContributions } from "../metrics/ownership.js"
import { authorsOfFile, countTruckFactor, gatherAuthorship } from "../metrics/truck-factor.js"
import type { TruckFactor } from "../metrics/truck-factor.js"
import * as take from "../parameter.js"
import { sortRows } from "../sort-rows.js"

export const busFactor = defineInsight({
  name: "bus-factor",
  version: 2,
  early: true,
  title: "Bus factors",
  definition:
    "How few people a project depends on, by three measures that are not the same. caf (CHAOSS contributor absence factor): the fewest people with half of the non-merge commits. truckFactor (Avelino et al.): how many main authors, by degree of authorship 3.293 + 1.098·FA + 0.164·DL − 0.321·ln(1+AC), may leave before more than half of the files have no author. fileOwners: the fewest people who own `threshold` of the files, where who added most lines owns one. Both ask about files that are somebody's own work, as `ownership` lists them. elephantFactor is caf over organisations. Programs are left out, and each comes again with only those who are still active.",
  takes: {
    since: take.since,
    until: take.until,
    path: take.path,
    exclude: take.exclude,
    include: take.include,
    bots: take.botsHidden,
    ignoreCommits: take.ignoreCommits,
    view: take.lineageView,
    threshold: take.threshold,
    activeDays: take.wholeNumber(
      "activeDays",
      "How many days before `now` the last commit of somebody active may be.",
      {
        default: 365,
        min: 1,
        max: 36_500,
      },
    ),
    countCoAuthors: take.countCoAuthors,
    reAddsCountAsFirstAuthor: take.flag(
      "reAddsCountAsFirstAuthor",
      "Everybody who ever added the file counts as its first author, as in the reference code of the truck factor.",
    ),
    now: take.now,
    branch: take.branch,
  },
  values: {
    caf: "contributor absence factor",
    cafActiveOnly: "the same of those who are active",
    truckFactor: "null when there is no file to ask about, or while the repository is first read",
    truckFactorActiveOnly:
      "the same after everybody who is not active has left; 0 when half of the files have no author then",
    coverage: "of the files, those that have an author",
    coverageActiveOnly: "of the files, those that have an author who is active",
    fileOwners: "the fewest owners of `threshold` of the files that have one",
    fileOwnersActiveOnly: "the same when only those who are active can own a file",
    risk: "by fileOwners: 1 is `high`, 2 and 3 `medium`, more `low`, none `unknown`",
    elephantFactor: "null when more than half of the commits are by people of unknown organisation",
    elephantFactorActiveOnly: "the same of those who are active",
    people: "people with a commit that counts",
    activePeople: "of those, the active ones",
    files: "files that the truck factor asks about",
    ownedFiles: "files that have an owner",
    organisations: "the organisations, with their commits, most first; the unknown one is null",
  },
  columns: {
    name: "the name that most of the person's commits have",
    email: "the address, in lower case",
    commits: "non-merge commits, and with `countCoAuthors` those of others that name the person",
    share: "of these commits",
    cumulativeShare: "of these commits, by this person and those before",
    active: "has a commit in the days of `activeDays` before `now`",
    organisation:
      "by the operator's map, or the domain that the address is registered under; null when anybody may have one",
    inAbsenceFactor: "one of those that the contributor absence factor counts",
    authoredFiles:
      "files that the person is an author of by degree of authorship; null while the repository is first read",
    removedAs: "the how many-th that the truck factor took away, from 1; null for others",
    ownedFiles: "files that the person added most lines to; null while the repository is first read",
  },
  async compute(context, parameters) {
    const people = await context.people()
    const { latest } = context
    const folded = await context.fold([countContributors(people, { latest })], parameters, "committer")
    const [contributors] = folded.results
    const lastAt = await lastCommits(context)
    const oldest = context.now - parameters.activeDays * secondsOfDay
    const active = (person: number): boolean => lastAt[person]! >= oldest
    const weight = ({ commits, coauthored }: Contributor): number =>
      commits + (parameters.countCoAuthors ? coauthored : 0)
    const all = contributors.filter(
      (contributor) => weight(contributor) > 0 && (parameters.bots !== "hide" || people.bot[contributor.person] === 0),
    )
    const activeOnes = all.filter(({ person }) => active(person))
    const files = !context.complete ? undefined : await measureFiles(context, { parameters, active })

    const organisationOfPerson = await context.share(
      "organisations",
      () => people.email.map((email) => organisationOf(email, context.rules.organisations)),
      (organisations) => organisations.length * 40,
    )
    const organisation = (person: number): string | undefined => organisationOfPerson[person]
    const organisations = sumBy(all, ({ person }) => organisation(person), weight)
    const caf = contributorAbsenceFactor(all.map(weight))
    const total = all.reduce((sum, row) => sum + weight(row), 0)
    const removedAs = new Map(files?.truck.removed.map(({ person }, at) => [person, at + 1]))
    const ownedBy = new Map(files?.owners.owners.map(({ person, files: count }) => [person, count]))
    const rows: (Row & { commits: number; email: string })[] = all.map((row) => ({
      name: people.name[row.person]!,
      email: people.email[row.person]!,
      commits: weight(row),
      share: weight(row) / total,
      active: active(row.person),
      organisation: organisation(row.person) ?? null,
      authoredFiles: files ? (files.authored.get(row.person) ?? 0) : null,
      removedAs: removedAs.get(row.person) ?? null,
      ownedFiles: files ? (ownedBy.get(row.person) ?? 0) : null,
    }))
    let covered = 0
    const ranked = sortRows(rows, [
      ["commits", "desc"],
      ["email", "asc"],
    ]).map((row, at) => {
      covered += row.commits
      return Object.assign(row, { cumulativeShare: covered / total, inAbsenceFactor: at < caf })
    })
    return {
      values: {
        caf,
        cafActiveOnly: contributorAbsenceFactor(activeOnes.map(weight)),
        ...valuesOfFiles(files),
        elephantFactor: elephantFactor(organisations) ?? null,
        elephantFactorActiveOnly:
          elephantFactor(sumBy(activeOnes, ({ person }) => organisation(person), weight)) ?? null,
        people: all.length,
        activePeople: activeOnes.length,
        organisations: sortRows(
          [...organisations].map(([name, commits]) => ({ organisation: name ?? null, commits })),
          [
            ["commits", "desc"],
            ["organisation", "asc"],
          ],
        ),
      },
      rows: ranked,
      exclusions: [...(files?.exclusions ?? []), ...historyExclusions(folded.leftOut)],
    }
  },
})

interface FileMeasures {
  truck: TruckFactor
  truckOfActive: TruckFactor
  owners: FileOwners
  ownersOfActive: FileOwners
  /** Files that each person is an author of. */
  authored: ReadonlyMap<number, number>
  files: number
  exclusions: readonly InsightExclusion[]
}

async function measureFiles(
  context: InsightContext,
  options: {
    parameters: Filters & {
      include: readonly string[] | null
      threshold: number
      countCoAuthors: boolean
      reAddsCountAsFirstAuthor: boolean
    }
    active: (person: number) => boolean
  },
): Promise<FileMeasures> {
  const { parameters, active } = options
  const people = await context.people()
  const present = await context.files(parameters)
  const { candidates, exclusions: excluded } = candidateFiles(present, parameters.include)
  const candidateIds = new Set(candidates.map(({ pathId }) => pathId))
  const { countCoAuthors, reAddsCountAsFirstAuthor } = parameters
  const { results } = await context.fold(
    [
      gatherAuthorship({
        people,
        considers: (file) => candidateIds.has(file),
        countCoAuthors,
        reAddsCountAsFirstAuthor,
      }),
      gatherContributions(),
    ],
    parameters,
    "committer",
  )
  const [authorship, contributions] = results
  // A file that only programs work on has no author, and is a file all the same.
  const touched = (await context.fold([churnByFile(context)], { ...parameters, bots: "show" }, "committer")).results[0]
  const authors = [...authorship.values()].map(authorsOfFile)
  const authored = new Map<number, number>()
  for (const all of authors) for (const person of all) authored.set(person, (authored.get(person) ?? 0) + 1)
  const lines = [...contributions].filter(([file]) => candidateIds.has(file)).map(([, { lines }]) => lines)
  const { threshold } = parameters
  // Files that no commit made, of a merge for instance, can lose nobody.
  const files = candidates.filter(({ pathId }) => touched.has(pathId)).length
  return {
    truck: countTruckFactor(authors, { people, files }),
    truckOfActive: countTruckFactor(authors, { people, files, counts: active }),
    owners: countFileOwners(lines, { people, threshold }),
    ownersOfActive: countFileOwners(lines, { people, threshold, counts: active }),
    ...{ authored, files },
    exclusions: [
      ...excluded,
      ...exclusions([
        [
          "unattributed",
          candidates.length - files,
          "files",
          "no commit that counts has touched them: they came with a merge, or before the window",
        ],
      ]),
    ],
  }
}

function valuesOfFiles(files: FileMeasures | undefined): Record<string, Json> {
  const coverage = ({ covered }: TruckFactor): number | null => (files!.files === 0 ? null : covered / files!.files)
  return {
    truckFactor: files?.truck.truckFactor ?? null,
    truckFactorActiveOnly: files?.truckOfActive.truckFactor ?? null,
    coverage: files ? coverage(files.truck) : null,
    coverageActiveOnly: files ? coverage(files.truckOfActive) : null,
    fileOwners: files?.owners.fileOwners ?? null,
    fileOwnersActiveOnly: files?.ownersOfActive.fileOwners ?? null,
    risk: ownerRisk(files?.owners.fileOwners ?? 0),
    files: files?.files ?? null,
    ownedFiles: files?.owners.owned ?? null,
  }
}

/** The last non-merge commit of each person, whatever the filters: who works on another part has not left. */
async function lastCommits(context: InsightContext): Promise<Float64Array> {
  const people = await context.people()
  const { results } = await context.fold([countContributors(people, context)], {}, "author")
  const times = new Float64Array(people.length).fill(-Infinity)
  for (const { person, lastAt } of results[0]) if (lastAt !== undefined) times[person] = lastAt
  return times
}

function sumBy<Item, Key>(
  items: readonly Item[],
  keyOf: (item: Item) => Key,
  value: (item: Item) => number,
): Map<Key, number> {
  const sums = new Map<Key, number>()
  for (const item of items) sums.set(keyOf(item), (sums.get(keyOf(item)) ?? 0) + value(item))
  return sums
}
