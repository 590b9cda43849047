import type { People } from "../people.js"
import type { Fold } from "../selected-history.js"
import { isTime } from "../selected-history.js"
import { secondsOfDay } from "../calendar.js"
import { PairPositions } from "./pair-positions.js"

export interface Contributor {
  /** A position among the people. */
  readonly person: number
  /** Non-merge commits. */
  readonly commits: number
  readonly coauthored: number
  readonly firstAt: number | undefined
  readonly lastAt: number | undefined
  readonly added: number
  readonly deleted: number
  /** Distinct paths. */
  readonly filesTouched: number
  /** Distinct days in UTC. */
  readonly activeDays: number
}

/** What each person did in non-merge commits, by the author's clock. Also people who only helped others to write one. */
export function countContributors(people: People, { latest }: { latest: number }): Fold<readonly Contributor[]> {
  const length = people.length
  const commits = new Int32Array(length)
  const coauthored = new Int32Array(length)
  const firstAt = new Float64Array(length).fill(Infinity)
  const lastAt = new Float64Array(length).fill(-Infinity)
  const added = new Float64Array(length)
  const deleted = new Float64Array(length)
  const paths = new PairPositions()
  const days = new PairPositions()
  return {
    shared: { name: "countContributors", bytesOf: (contributors) => contributors.length * 150 },
    add({ commits: columns, commitCounts, person, file, formerFile, lines }) {
      for (let commit = 0; commit < columns.length; commit++) {
        if (commitCounts[commit] === 0 || columns.merge[commit] === 1) continue
        const author = person[commit]!
        commits[author]!++
        added[author]! += lines.added[commit]!
        deleted[author]! += lines.deleted[commit]!
        const time = columns.authoredAt[commit]!
        if (isTime(time, latest)) {
          if (time < firstAt[author]!) firstAt[author] = time
          if (time > lastAt[author]!) lastAt[author] = time
          days.of(author, Math.floor(time / secondsOfDay))
        }
        const end = columns.firstChange[commit + 1]!
        for (let change = columns.firstChange[commit]!; change < end; change++) {
          if (file[change] !== 0) paths.of(author, file[change]!)
          if (formerFile[change] !== 0) paths.of(author, formerFile[change]!)
        }
      }
      for (const [commit, identities] of columns.coauthors) {
        if (commitCounts[commit] === 0 || columns.merge[commit] === 1) continue
        const helpers = new Set(Array.from(identities, (identity) => people.positionOf(identity)))
        helpers.delete(person[commit]!)
        for (const helper of helpers) coauthored[helper]!++
      }
    },
    result() {
      const filesTouched = countByFirst(paths, length)
      const activeDays = countByFirst(days, length)
      const contributors: Contributor[] = []
      for (let person = 0; person < length; person++) {
        if (commits[person] === 0 && coauthored[person] === 0) continue
        contributors.push({
          person,
          commits: commits[person]!,
          coauthored: coauthored[person]!,
          firstAt: firstAt[person] === Infinity ? undefined : firstAt[person],
          lastAt: lastAt[person] === -Infinity ? undefined : lastAt[person],
          added: added[person]!,
          deleted: deleted[person]!,
          filesTouched: filesTouched[person]!,
          activeDays: activeDays[person]!,
        })
      }
      return contributors
    },
  }
}

/** How many pairs have each number first. */
function countByFirst({ one, length }: PairPositions, numbers: number): Int32Array {
  const counts = new Int32Array(numbers)
  for (let position = 0; position < length; position++) counts[one[position]!]!++
  return counts
}
