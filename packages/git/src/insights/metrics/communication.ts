import type { Fold } from "../selected-history.js"
import { createPairCounter } from "./pair-counter.js"

export interface Communication {
  readonly one: number
  readonly other: number
  /** Files that both touched. */
  readonly shared: number
  /** Of the commits of the two, rounded up. */
  readonly averageCommits: number
  /** `100 · shared / averageCommits`, the fraction cut off; above 100 where people share more files than they have commits. */
  readonly strength: number
}

export interface CommunicationOptions {
  readonly shows: (file: number) => boolean
  /** Files that more people than these touched say nothing about who works with whom, and would make millions of pairs. */
  readonly maxPeople: number
}

/** Who has reason to talk with whom: people who touch the same files, as code-maat's `communication` counts it. In no order. */
export function countCommunication(
  options: CommunicationOptions,
): Fold<{ pairs: readonly Communication[]; widelyShared: number }> {
  const { shows, maxPeople } = options
  const commitsOf = new Map<number, number>()
  const peopleOf = new Map<number, Set<number>>()
  return {
    add({ commits, commitCounts, person, file, formerFile }) {
      const touch = (number: number, author: number): void => {
        if (number === 0 || !shows(number)) return
        const known = peopleOf.get(number)
        if (known) known.add(author)
        else peopleOf.set(number, new Set([author]))
      }
      for (let commit = 0; commit < commits.length; commit++) {
        if (commitCounts[commit] === 0 || commits.merge[commit] === 1) continue
        const author = person[commit]!
        commitsOf.set(author, (commitsOf.get(author) ?? 0) + 1)
        for (let change = commits.firstChange[commit]!; change < commits.firstChange[commit + 1]!; change++) {
          touch(file[change]!, author)
          touch(formerFile[change]!, author)
        }
      }
    },
    result() {
      const pairs = createPairCounter()
      let widelyShared = 0
      for (const people of peopleOf.values()) {
        if (people.size > maxPeople) {
          widelyShared++
          continue
        }
        const all = [...people]
        for (let one = 0; one < all.length; one++) {
          for (let other = one + 1; other < all.length; other++) pairs.add(all[one]!, all[other]!)
        }
      }
      const result: Communication[] = []
      pairs.each((one, other, shared) => {
        const averageCommits = Math.ceil((commitsOf.get(one)! + commitsOf.get(other)!) / 2)
        result.push({ one, other, shared, averageCommits, strength: Math.floor((100 * shared) / averageCommits) })
      })
      return { pairs: result, widelyShared }
    },
  }
}
