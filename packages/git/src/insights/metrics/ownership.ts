import type { Fold } from "../selected-history.js"
import { hasLines } from "../selected-history.js"
import { mainContributor } from "./file-owners.js"

/** What people did to a file, or to all files of a folder. */
export interface Contributions {
  /** By person: lines added, or lines that are left. */
  readonly lines: Map<number, number>
  /** By person: commits that touched it. */
  readonly revisions: Map<number, number>
}

/** Lines added and revisions of each file, by person. */
export function gatherContributions(): Fold<ReadonlyMap<number, Contributions>> {
  const files = new Map<number, Contributions & { seen: number }>()
  let seen = 0
  return {
    add(block) {
      const { commits, changes, commitCounts, changeCounts, person, file, formerFile } = block
      for (let commit = 0; commit < commits.length; commit++) {
        if (commitCounts[commit] === 0 || commits.merge[commit] === 1) continue
        seen++
        const author = person[commit]!
        const touch = (number: number): Contributions => {
          let entry = files.get(number)
          if (!entry) files.set(number, (entry = { lines: new Map(), revisions: new Map(), seen: 0 }))
          if (entry.seen !== seen) {
            entry.seen = seen
            entry.revisions.set(author, (entry.revisions.get(author) ?? 0) + 1)
          }
          return entry
        }
        for (let change = commits.firstChange[commit]!; change < commits.firstChange[commit + 1]!; change++) {
          if (changeCounts[change] === 0) continue
          // Links and submodules belong to nobody.
          if (changes.kind[change] !== 102) continue
          if (formerFile[change] !== 0) touch(formerFile[change]!)
          if (file[change] === 0) continue
          const { lines } = touch(file[change]!)
          if (hasLines(block, change)) lines.set(author, (lines.get(author) ?? 0) + changes.added[change]!)
        }
      }
    },
    result: () => files,
  }
}

export interface Ownership {
  readonly mainDeveloper: number | undefined
  /** Of the lines. */
  readonly share: number
  readonly lines: number
  readonly revisions: number
  /** With lines. */
  readonly people: number
  /** People with a revision. */
  readonly contributors: number
  /** Of those, the ones with less than 5 % of the revisions, and the others. */
  readonly minor: number
  readonly major: number
  /** The largest share of the revisions. */
  readonly ownership: number
  /** `1 − Σ (a_i / N)²` over the revisions of each: 0 when one person made all of them. */
  readonly fragmentation: number
}

/**
 * Who owns it. The main developer has most lines; of several the one whose address comes first, and without any lines whoever of
 * those with a revision comes first (code-maat's main-dev; D'Ambros' fractal value; minor and major after Bird et al.).
 */
export function describeOwnership({ lines, revisions }: Contributions): Ownership {
  let total = 0
  let people = 0
  for (const count of lines.values()) {
    total += count
    if (count > 0) people++
  }
  let allRevisions = 0
  for (const count of revisions.values()) allRevisions += count
  let squares = 0
  let minor = 0
  let most = 0
  for (const count of revisions.values()) {
    const share = count / allRevisions
    squares += share * share
    if (count * 20 < allRevisions) minor++
    if (count > most) most = count
  }
  const main = mainContributor(lines) ?? firstOf(revisions.keys()) ?? firstOf(lines.keys())
  return {
    mainDeveloper: main,
    share: total === 0 || main === undefined ? 0 : (lines.get(main) ?? 0) / total,
    ...{ lines: total, people },
    revisions: allRevisions,
    contributors: revisions.size,
    ...{ minor, major: revisions.size - minor },
    ownership: allRevisions === 0 ? 0 : most / allRevisions,
    fragmentation: allRevisions === 0 ? 0 : Math.max(1 - squares, 0),
  }
}

export interface Owner {
  readonly person: number
  readonly lines: number
  /** Of the lines of all. */
  readonly share: number
}

/** Those with most lines, at most so many; of equals the one whose address comes first. Who has no lines owns nothing. */
export function rankOwners(lines: Contributions["lines"], most: number): Owner[] {
  const owners = [...lines].filter(([, count]) => count > 0)
  const total = owners.reduce((sum, [, count]) => sum + count, 0)
  return owners
    .sort(([one, oneLines], [other, otherLines]) => otherLines - oneLines || one - other)
    .slice(0, most)
    .map(([person, count]) => ({ person, lines: count, share: count / total }))
}

/** Adds up what was done to the files of each folder, the root (`.`) and folders in folders included. */
export function byDirectory(
  files: Iterable<readonly [path: string, contributions: Contributions]>,
): Map<string, Contributions & { files: number }> {
  const folders = new Map<string, Contributions & { files: number }>()
  for (const [path, { lines, revisions }] of files) {
    for (const folder of foldersOf(path)) {
      let entry = folders.get(folder)
      if (!entry) folders.set(folder, (entry = { lines: new Map(), revisions: new Map(), files: 0 }))
      entry.files++
      for (const [person, count] of lines) entry.lines.set(person, (entry.lines.get(person) ?? 0) + count)
      for (const [person, count] of revisions) entry.revisions.set(person, (entry.revisions.get(person) ?? 0) + count)
    }
  }
  return folders
}

function foldersOf(path: string): string[] {
  const folders = ["."]
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) folders.push(path.slice(0, at))
  return folders
}

function firstOf(people: Iterable<number>): number | undefined {
  let first: number | undefined
  for (const person of people) if (first === undefined || person < first) first = person
  return first
}
