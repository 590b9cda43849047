import type { Fold } from "../selected-history.js"
import { hasLines } from "../selected-history.js"
import { mainContributor } from "./file-owners.js"
import { PairPositions } from "./pair-positions.js"

/** What people did to a file, or to all files of a folder. */
export interface Contributions {
  /** By person: lines added, or lines that are left. */
  readonly lines: Map<number, number>
  /** By person: commits that touched it. */
  readonly revisions: Map<number, number>
}

/** Lines added and revisions of each file, by person. */
export function gatherContributions(): Fold<ReadonlyMap<number, Contributions>> {
  const pairs = new PairPositions()
  // By pair of file and person.
  const revisions: number[] = []
  const added: number[] = []
  const lastSeen: number[] = []
  let seen = 0
  const touch = (file: number, person: number): number => {
    const pair = pairs.of(file, person)
    if (pair === revisions.length) {
      revisions.push(0)
      added.push(none)
      lastSeen.push(0)
    }
    if (lastSeen[pair] !== seen) {
      lastSeen[pair] = seen
      revisions[pair]!++
    }
    return pair
  }
  return {
    shared: { name: "gatherContributions", bytesOf: (files) => sum(files.values(), bytesOf) },
    add(block) {
      const { commits, changes, commitCounts, person, file, formerFile } = block
      for (let commit = 0; commit < commits.length; commit++) {
        if (commitCounts[commit] === 0 || commits.merge[commit] === 1) continue
        seen++
        const author = person[commit]!
        const end = commits.firstChange[commit + 1]!
        for (let change = commits.firstChange[commit]!; change < end; change++) {
          // Links and submodules belong to nobody.
          if (changes.kind[change] !== 102) continue
          if (formerFile[change] !== 0) touch(formerFile[change]!, author)
          if (file[change] === 0) continue
          const pair = touch(file[change]!, author)
          if (!hasLines(block, change)) continue
          added[pair] = Math.max(added[pair]!, 0) + changes.added[change]!
        }
      }
    },
    result() {
      const files = new Map<number, Contributions>()
      for (let pair = 0; pair < pairs.length; pair++) {
        const file = pairs.one[pair]!
        const person = pairs.other[pair]!
        let contributions = files.get(file)
        if (!contributions) files.set(file, (contributions = { lines: new Map(), revisions: new Map() }))
        contributions.revisions.set(person, revisions[pair]!)
        if (added[pair] !== none) contributions.lines.set(person, added[pair]!)
      }
      return files
    },
  }
}

/** No change of text. One that adds no line is another thing. */
const none = -1

function bytesOf({ lines, revisions }: Contributions): number {
  return 400 + 40 * (lines.size + revisions.size)
}

function sum<Item>(items: Iterable<Item>, valueOf: (item: Item) => number): number {
  let total = 0
  for (const item of items) total += valueOf(item)
  return total
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

/**
 * Adds up what was done to the files of each folder, the root (`.`) and folders in folders included.
 *
 * @param depth of the deepest folders; 0: the root only
 */
export function byDirectory(
  files: Iterable<readonly [path: string, contributions: Contributions]>,
  depth = Infinity,
): Map<string, Contributions & { files: number }> {
  const folders = new Map<string, Contributions & { files: number }>()
  for (const [path, { lines, revisions }] of files) {
    for (const folder of foldersOf(path, depth)) {
      let entry = folders.get(folder)
      if (!entry) folders.set(folder, (entry = { lines: new Map(), revisions: new Map(), files: 0 }))
      entry.files++
      for (const [person, count] of lines) entry.lines.set(person, (entry.lines.get(person) ?? 0) + count)
      for (const [person, count] of revisions) entry.revisions.set(person, (entry.revisions.get(person) ?? 0) + count)
    }
  }
  return folders
}

function foldersOf(path: string, depth: number): string[] {
  const folders = ["."]
  let at = path.indexOf("/")
  for (; at !== -1 && folders.length <= depth; at = path.indexOf("/", at + 1)) folders.push(path.slice(0, at))
  return folders
}

function firstOf(people: Iterable<number>): number | undefined {
  let first: number | undefined
  for (const person of people) if (first === undefined || person < first) first = person
  return first
}
