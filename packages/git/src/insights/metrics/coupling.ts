import type { Fold } from "../selected-history.js"
import { isTime } from "../selected-history.js"
import { secondsOfDay } from "../calendar.js"
import { FilePositions } from "./file-positions.js"
import { createPairCounter } from "./pair-counter.js"

/** Sets of files that changed together, one after the other. */
export interface ChangeSets {
  readonly length: number
  /** Where each begins in `files`; one entry more than sets. */
  readonly first: Int32Array
  readonly files: Int32Array
  /** Commits, or groups of commits, that were dropped because they touched more than `maxChangeset` files. */
  readonly large: number
}

export interface ChangeSetOptions {
  readonly maxChangeset: number
  /** `P1D`: all commits of one person on one day (UTC, the author's clock) are one change set. */
  readonly period: "commit" | "P1D"
  readonly latest: number
}

/**
 * The change sets of a history. One of more than `maxChangeset` files is dropped entirely: it takes part in no count. A commit
 * without changes is none, and one whose time is none is a change set of its own, whatever the period.
 */
export function gatherChangeSets(options: ChangeSetOptions): Fold<ChangeSets> {
  const { maxChangeset, period, latest } = options
  const kept = new Int32Columns()
  const first: number[] = [0]
  const days = new Map<string, Set<number>>()
  const positions = new FilePositions()
  /** By position of a file: the last change set that it was put into. */
  const lastSet: number[] = []
  let set = 0
  let large = 0
  const put = (file: number): void => {
    const position = positions.of(file)
    if (lastSet[position] === set) return
    lastSet[position] = set
    kept.push(file)
  }
  /** Ends the change set that begins where the last one that was kept ended. */
  const keep = (): void => {
    const begin = first.at(-1)!
    if (kept.length - begin > maxChangeset) {
      large++
      kept.length = begin
    } else if (kept.length > begin) first.push(kept.length)
    set++
  }
  return {
    add({ commits, commitCounts, person, file, formerFile }) {
      for (let commit = 0; commit < commits.length; commit++) {
        if (commitCounts[commit] === 0 || commits.merge[commit] === 1) continue
        const time = commits.authoredAt[commit]!
        const end = commits.firstChange[commit + 1]!
        const grouped = period === "P1D" && isTime(time, latest)
        const ofDay = grouped ? setOf(days, `${Math.floor(time / secondsOfDay)} ${person[commit]}`) : undefined
        for (let change = commits.firstChange[commit]!; change < end; change++) {
          const number = file[change]!
          const former = formerFile[change]!
          if (ofDay) {
            if (number !== 0) ofDay.add(number)
            if (former !== 0) ofDay.add(former)
          } else {
            if (number !== 0) put(number)
            if (former !== 0) put(former)
          }
        }
        if (!grouped) keep()
      }
    },
    result() {
      for (const files of days.values()) {
        for (const file of files) put(file)
        keep()
      }
      days.clear()
      return { length: first.length - 1, first: Int32Array.from(first), files: kept.toArray(), large }
    },
  }
}

function setOf(sets: Map<string, Set<number>>, key: string): Set<number> {
  let set = sets.get(key)
  if (!set) sets.set(key, (set = new Set()))
  return set
}

export interface CouplingOptions {
  readonly minRevs: number
  readonly minShared: number
  /** In percent. */
  readonly minDegree: number
  readonly maxDegree: number
  /** Files that may be in a pair. What they are in counts for all of them. */
  readonly shows: (file: number) => boolean
}

export interface Coupling {
  readonly one: number
  readonly other: number
  readonly shared: number
  readonly revisionsOfOne: number
  readonly revisionsOfOther: number
  /** `trunc(100 · shared / average revisions)`. */
  readonly degree: number
  /** The average of the revisions of the two, rounded up. */
  readonly averageRevisions: number
}

/** Which files change together, as code-maat counts it. In no order. */
export function coupleFiles(sets: ChangeSets, options: CouplingOptions): Coupling[] {
  const { minRevs, minShared, minDegree, maxDegree, shows } = options
  const revisions = countRevisions(sets)
  const { first, files } = sets
  // By place in `files`: the revisions of a file that may be in a pair; 0 of another. No two files have more commits in common than
  // either has revisions, which spares most of the pairs.
  const may = new Set<number>()
  for (const [file, count] of revisions) if (count >= minShared && shows(file)) may.add(file)
  const counts = files.map((file) => (may.has(file) ? revisions.get(file)! : 0))
  const pairs = createPairCounter()
  for (let set = 0; set < sets.length; set++) {
    const end = first[set + 1]!
    for (let one = first[set]!; one < end; one++) {
      if (counts[one] === 0) continue
      for (let other = one + 1; other < end; other++) {
        if (counts[other] === 0) continue
        const most = couplingOf(Math.min(counts[one]!, counts[other]!), counts[one]!, counts[other]!)
        if (most.strength >= minDegree && most.averageRevisions >= minRevs) pairs.add(files[one]!, files[other]!)
      }
    }
  }
  const couplings: Coupling[] = []
  pairs.each((one, other, shared) => {
    const revisionsOfOne = revisions.get(one)!
    const revisionsOfOther = revisions.get(other)!
    const verdict = couplingOf(shared, revisionsOfOne, revisionsOfOther)
    if (
      verdict.averageRevisions >= minRevs &&
      shared >= minShared &&
      verdict.strength >= minDegree &&
      verdict.degree <= maxDegree
    ) {
      const { degree, averageRevisions } = verdict
      couplings.push({ one, other, shared, revisionsOfOne, revisionsOfOther, degree, averageRevisions })
    }
  })
  return couplings
}

/** The strength of one pair; `strength` is what `degree` is before its fraction is cut off. */
export function couplingOf(
  shared: number,
  revisionsOfOne: number,
  revisionsOfOther: number,
): { degree: number; averageRevisions: number; strength: number } {
  // Of whole numbers, so that no rounding moves a pair over a border: 100 · shared / ((one + other) / 2).
  const both = revisionsOfOne + revisionsOfOther
  return {
    degree: Math.floor((200 * shared) / both),
    averageRevisions: Math.ceil(both / 2),
    strength: (200 * shared) / both,
  }
}

/** How much each file changes together with others: the sum, over its change sets, of the other files in them. */
export function sumOfCoupling(sets: ChangeSets): Map<number, number> {
  const sums = new Map<number, number>()
  for (let set = 0; set < sets.length; set++) {
    const others = sets.first[set + 1]! - sets.first[set]! - 1
    for (let at = sets.first[set]!; at < sets.first[set + 1]!; at++) {
      const file = sets.files[at]!
      sums.set(file, (sums.get(file) ?? 0) + others)
    }
  }
  return sums
}

export function countRevisions({ files }: ChangeSets): Map<number, number> {
  const positions = new FilePositions()
  const counted: number[] = []
  const counts: number[] = []
  for (const file of files) {
    const position = positions.of(file)
    if (position === counts.length) {
      counted.push(file)
      counts.push(1)
    } else counts[position]!++
  }
  return new Map(counted.map((file, position) => [file, counts[position]!]))
}

/** Numbers, as many as there come. */
class Int32Columns {
  private values = new Int32Array(1024)
  length = 0

  push(value: number): void {
    if (this.length === this.values.length) {
      const longer = new Int32Array(this.length * 2)
      longer.set(this.values)
      this.values = longer
    }
    this.values[this.length++] = value
  }

  toArray(): Int32Array {
    return this.values.slice(0, this.length)
  }
}
