import type { Fold } from "../selected-history.js"
import { isTime } from "../selected-history.js"
import { secondsOfDay } from "../calendar.js"
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
  let large = 0
  const keep = (set: ReadonlySet<number>): void => {
    if (set.size > maxChangeset) large++
    else if (set.size > 0) {
      for (const file of set) kept.push(file)
      first.push(kept.length)
    }
  }
  return {
    add({ commits, commitCounts, person, file, formerFile }) {
      for (let commit = 0; commit < commits.length; commit++) {
        if (commitCounts[commit] === 0 || commits.merge[commit] === 1) continue
        const time = commits.authoredAt[commit]!
        let set = new Set<number>()
        const grouped = period === "P1D" && isTime(time, latest)
        if (grouped) {
          const key = `${Math.floor(time / secondsOfDay)} ${person[commit]}`
          const known = days.get(key)
          if (known) set = known
          else days.set(key, set)
        }
        for (let change = commits.firstChange[commit]!; change < commits.firstChange[commit + 1]!; change++) {
          if (file[change] !== 0) set.add(file[change]!)
          if (formerFile[change] !== 0) set.add(formerFile[change]!)
        }
        if (!grouped) keep(set)
      }
    },
    result() {
      for (const set of days.values()) keep(set)
      days.clear()
      return { length: first.length - 1, first: Int32Array.from(first), files: kept.toArray(), large }
    },
  }
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
  // Two files have no more commits in common than either has; this spares most of the pairs.
  const few = new Set<number>()
  for (const [file, count] of revisions) if (count < minShared || !shows(file)) few.add(file)
  const pairs = createPairCounter()
  const { first, files } = sets
  for (let set = 0; set < sets.length; set++) {
    for (let one = first[set]!; one < first[set + 1]!; one++) {
      if (few.has(files[one]!)) continue
      for (let other = one + 1; other < first[set + 1]!; other++) {
        if (!few.has(files[other]!)) pairs.add(files[one]!, files[other]!)
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
  const revisions = new Map<number, number>()
  for (const file of files) revisions.set(file, (revisions.get(file) ?? 0) + 1)
  return revisions
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
