import type { BusFactor } from "@assay/core"
import type { SnapshotFacts } from "../facts/snapshot-facts.js"
import { compareText } from "./compare-text.js"
import { readPresentPaths } from "./present-paths.js"
import type { PresentFilesQuery } from "./read-present-files.js"

export interface BusFactorQuery extends PresentFilesQuery {
  threshold: number
  /** Only commits that were committed then or later. */
  since: Date | undefined
  /** Leave out vendored, generated and documentation files. */
  exclude: boolean
}

const leastShown = 10

interface Owner {
  name: string
  email: string
  files: number
}

/**
 * The fewest people that own `threshold` of the files. Who added most lines to a file, under all the names it had, owns
 * it; of two that added equally many, the one whose address comes first. Programs own nothing.
 */
export async function readBusFactor(facts: SnapshotFacts, query: BusFactorQuery): Promise<BusFactor> {
  const owners = await readOwners(facts, query)
  const totalFiles = owners.reduce((sum, { files }) => sum + files, 0)
  let busFactor = 0
  for (let covered = 0; busFactor < owners.length && covered < query.threshold * totalFiles; busFactor++) {
    covered += owners[busFactor]!.files
  }
  return {
    busFactor,
    threshold: query.threshold,
    totalFiles,
    topContributors: owners
      .slice(0, Math.max(busFactor, leastShown))
      .map(({ name, email, files }) => ({ name, email, filesOwned: files, share: files / totalFiles })),
    riskLevel: riskLevel(busFactor),
  }
}

/** Most files first, then by address. */
async function readOwners(facts: SnapshotFacts, query: BusFactorQuery): Promise<Owner[]> {
  const { database, repositoryId, snapshot } = query
  const contributors = new Map(
    (
      await database.query<{ id: number; name: string; email: string }>(
        `select person_id as id, name, email from assay.contributors
        where repository_id = $1 and snapshot = $2 and not bot`,
        [repositoryId, snapshot],
      )
    ).map(({ id, name, email }): [number, Owner] => [id, { name, email, files: 0 }]),
  )
  const personOf = new Map((await facts.people()).map(({ id, personId }) => [id, personId]))
  const added = await readAddedLines(facts, query, personOf)
  for (const byPerson of added.values()) {
    let best: { owner: Owner; lines: number } | undefined
    for (const [person, lines] of byPerson) {
      const owner = contributors.get(person)
      if (!owner) continue
      const order = best ? lines - best.lines || compareText(best.owner.email, owner.email) : 1
      if (order > 0) best = { owner, lines }
    }
    if (best) best.owner.files++
  }
  return [...contributors.values()]
    .filter(({ files }) => files > 0)
    .sort((one, other) => other.files - one.files || compareText(one.email, other.email))
}

/** How many lines each person added to each file. */
async function readAddedLines(
  facts: SnapshotFacts,
  query: BusFactorQuery,
  personOf: ReadonlyMap<number, number>,
): Promise<ReadonlyMap<number, ReadonlyMap<number, number>>> {
  const present = await readPresentPaths(facts, query)
  const since = query.since ? query.since.getTime() / 1000 : -Infinity
  const linesOf = new Map<number, Map<number, number>>()
  for await (const { commits, changes } of facts.history()) {
    for (let at = 0; at < commits.length; at++) {
      if (commits.committedAt[at]! < since) continue
      const person = personOf.get(commits.authorId[at]!)
      if (person === undefined) continue
      for (let change = commits.firstChange[at]!; change < commits.firstChange[at + 1]!; change++) {
        const added = changes.added[change]!
        const file = added > 0 ? present.fileOf(changes.pathId[change]!) : undefined
        if (!file) continue
        let byPerson = linesOf.get(file.pathId)
        if (!byPerson) linesOf.set(file.pathId, (byPerson = new Map()))
        byPerson.set(person, (byPerson.get(person) ?? 0) + added)
      }
    }
  }
  return linesOf
}

function riskLevel(busFactor: number): BusFactor["riskLevel"] {
  if (busFactor === 0) return "unknown"
  if (busFactor === 1) return "high"
  return busFactor <= 3 ? "medium" : "low"
}
