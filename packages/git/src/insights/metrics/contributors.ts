import type { People } from "../people.js"
import type { Fold } from "../selected-history.js"
import { hasLines, isTime } from "../selected-history.js"
import { secondsOfDay } from "../calendar.js"

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
  const paths = new PairSet(length)
  const days = new PairSet(length)
  return {
    add(block) {
      const { commits: columns, changes, commitCounts, changeCounts, person, file, formerFile } = block
      for (let commit = 0; commit < columns.length; commit++) {
        if (commitCounts[commit] === 0 || columns.merge[commit] === 1) continue
        const author = person[commit]!
        commits[author]!++
        const time = columns.authoredAt[commit]!
        if (isTime(time, latest)) {
          if (time < firstAt[author]!) firstAt[author] = time
          if (time > lastAt[author]!) lastAt[author] = time
          days.add(author, Math.floor(time / secondsOfDay))
        }
        for (let change = columns.firstChange[commit]!; change < columns.firstChange[commit + 1]!; change++) {
          if (changeCounts[change] === 0) continue
          if (file[change] !== 0) paths.add(author, file[change]!)
          if (formerFile[change] !== 0) paths.add(author, formerFile[change]!)
          if (!hasLines(block, change)) continue
          added[author]! += changes.added[change]!
          deleted[author]! += changes.deleted[change]!
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
      const contributors: Contributor[] = []
      for (let person = 0; person < length; person++) {
        if (commits[person] === 0 && coauthored[person] === 0) continue
        contributors.push({
          ...{ person, commits: commits[person]!, coauthored: coauthored[person]! },
          firstAt: firstAt[person] === Infinity ? undefined : firstAt[person],
          lastAt: lastAt[person] === -Infinity ? undefined : lastAt[person],
          ...{ added: added[person]!, deleted: deleted[person]! },
          ...{ filesTouched: paths.count(person), activeDays: days.count(person) },
        })
      }
      return contributors
    },
  }
}

/** Counts distinct numbers for each of some owners. */
class PairSet {
  private readonly sets: (Set<number> | undefined)[]

  constructor(length: number) {
    this.sets = new Array<Set<number> | undefined>(length)
  }

  add(owner: number, value: number): void {
    let set = this.sets[owner]
    if (!set) this.sets[owner] = set = new Set()
    set.add(value)
  }

  count(owner: number): number {
    return this.sets[owner]?.size ?? 0
  }
}
