import { compareBytes } from "../people.js"
import type { People } from "../people.js"
import type { Fold, SelectedBlock } from "../selected-history.js"
import { status } from "../lineage.js"
import { FilePositions } from "./file-positions.js"
import { PairPositions } from "./pair-positions.js"

/**
 * Degree of authorship of Fritz et al.: `3.293 + 1.098·FA + 0.164·DL − 0.321·ln(1 + AC)`.
 * FA is 1 for who created the file, DL are the developer's later changes of it, AC those of all others.
 */
export function degreeOfAuthorship(created: boolean, deliveries: number, acceptances: number): number {
  return 3.293 + (created ? 1.098 : 0) + 0.164 * deliveries - 0.321 * Math.log(1 + acceptances)
}

/** What people did to one file: who made it, and their changes, renames and changes of type after that. */
export interface FileAuthorship {
  readonly creator: number | undefined
  /** By person, also those who only created it. */
  readonly deliveries: ReadonlyMap<number, number>
}

export interface AuthorshipOptions {
  readonly people: People
  /** Whether a file, by its number in the view of lineages, is one of those asked about. */
  readonly considers: (file: number) => boolean
  /** As the reference code of Avelino et al.: each of those who added the file counts as its first author. */
  readonly reAddsCountAsFirstAuthor: boolean
  /** A co-author delivers what the author delivers. */
  readonly countCoAuthors: boolean
}

export interface Authorship {
  readonly creators: ReadonlySet<number>
  readonly deliveries: ReadonlyMap<number, number>
}

/**
 * Gathers who created and who changed each file. The creator is who made the oldest addition, by (rank, tie), which is the order of
 * git's own walk; of several people of one commit, the one whose address comes first.
 */
export function gatherAuthorship(options: AuthorshipOptions): Fold<ReadonlyMap<number, Authorship>> {
  const { people, considers, reAddsCountAsFirstAuthor, countCoAuthors } = options
  const positions = new FilePositions()
  /** By position; `undefined` for files that nobody asks about. */
  const files: (FileOrigin | undefined)[] = []
  const pairs = new PairPositions()
  // By pair of position and person.
  const deliveries: number[] = []
  const deliver = (position: number, author: number): void => {
    const pair = pairs.of(position, author)
    if (pair === deliveries.length) deliveries.push(1)
    else deliveries[pair]!++
  }
  return {
    add(block) {
      const { commits, changes, commitCounts, file } = block
      for (let commit = 0; commit < commits.length; commit++) {
        if (commitCounts[commit] === 0 || commits.merge[commit] === 1) continue
        const author = block.person[commit]!
        const authors = countCoAuthors ? authorsOf(block, commit, people) : undefined
        const end = commits.firstChange[commit + 1]!
        for (let change = commits.firstChange[commit]!; change < end; change++) {
          const number = file[change]!
          if (number === 0) continue
          const position = positions.of(number)
          if (position === files.length) {
            files.push(
              considers(number) ? { file: number, rank: Infinity, tie: Infinity, creators: new Set() } : undefined,
            )
          }
          const entry = files[position]
          if (!entry) continue
          const code = changes.status[change]!
          if (code === status.added) {
            const rank = commits.rank[commit]!
            const tie = commits.tie[commit]!
            const older = rank < entry.rank || (rank === entry.rank && tie < entry.tie)
            if (older) {
              entry.rank = rank
              entry.tie = tie
              if (!reAddsCountAsFirstAuthor) entry.creators.clear()
            }
            if (older || reAddsCountAsFirstAuthor)
              for (const creator of authors ?? [author]) entry.creators.add(creator)
          } else if (code !== status.deleted) {
            if (!authors) deliver(position, author)
            else for (const each of authors) deliver(position, each)
          }
        }
      }
    },
    result() {
      const delivered = files.map((origin) => origin && new Map<number, number>())
      for (let pair = 0; pair < pairs.length; pair++) {
        delivered[pairs.one[pair]!]?.set(pairs.other[pair]!, deliveries[pair]!)
      }
      const authorship = new Map<number, Authorship>()
      for (const [position, origin] of files.entries()) {
        if (origin) authorship.set(origin.file, { creators: origin.creators, deliveries: delivered[position]! })
      }
      return authorship
    },
  }
}

/** The oldest addition of a file. */
interface FileOrigin {
  readonly file: number
  rank: number
  tie: number
  readonly creators: Set<number>
}

function authorsOf({ commits, person }: SelectedBlock, commit: number, people: People): readonly number[] {
  const author = person[commit]!
  const helpers = commits.coauthors.get(commit)
  return helpers ? [...new Set([author, ...Array.from(helpers, (identity) => people.positionOf(identity))])] : [author]
}

/**
 * The authors of a file: those with more than 0.75 of the largest degree of authorship, who also have one of 3.293 at least or
 * created the file. None for a file that nobody created or changed.
 */
export function authorsOfFile({ creators, deliveries }: Authorship): number[] {
  let changes = 0
  for (const count of deliveries.values()) changes += count
  const people: number[] = []
  const degrees: number[] = []
  let largest = -Infinity
  const consider = (person: number, own: number): void => {
    const degree = degreeOfAuthorship(creators.has(person), own, changes - own)
    people.push(person)
    degrees.push(degree)
    if (degree > largest) largest = degree
  }
  for (const [person, own] of deliveries) consider(person, own)
  for (const person of creators) if (!deliveries.has(person)) consider(person, 0)
  return people.filter((person, at) => {
    const degree = degrees[at]!
    return degree / largest > 0.75 && (degree >= 3.293 || creators.has(person))
  })
}

export interface TruckFactor {
  /** `undefined` when there is no file to ask about. */
  readonly truckFactor: number | undefined
  /** In the order in which they were taken away, with the files that they were an author of. */
  readonly removed: readonly { readonly person: number; readonly files: number }[]
  /** Files that have an author, and after those people are gone. */
  readonly covered: number
  readonly coveredAfter: number
}

/**
 * How many of its main people a project may lose before more than half of its files have no author left, after Avelino et al.:
 * while half of the files or more have an author, takes away the one with most files; of several, the one whose address comes
 * first.
 *
 * @param authors of each file
 */
export function countTruckFactor(
  authors: readonly (readonly number[])[],
  { people, files, counts }: { people: People; files: number; counts?: (person: number) => boolean },
): TruckFactor {
  const filesOf = new Map<number, number[]>()
  const left = new Int32Array(authors.length)
  let covered = 0
  for (const [file, all] of authors.entries()) {
    const counting = counts ? all.filter(counts) : all
    left[file] = counting.length
    if (counting.length > 0) covered++
    for (const person of counting) {
      const own = filesOf.get(person)
      if (own) own.push(file)
      else filesOf.set(person, [file])
    }
  }
  const ranked = [...filesOf].sort(
    ([one, files], [other, otherFiles]) =>
      otherFiles.length - files.length || compareBytes(people.email[one]!, people.email[other]!),
  )
  const before = covered
  const removed: { person: number; files: number }[] = []
  // What each is an author of does not change as others go, so one order is enough.
  for (const [person, own] of ranked) {
    if (files === 0 || covered / files < 0.5) break
    removed.push({ person, files: own.length })
    for (const file of own) if (--left[file]! === 0) covered--
  }
  return { truckFactor: files === 0 ? undefined : removed.length, removed, covered: before, coveredAfter: covered }
}
