import type { LineLedger } from "../../facts/snapshot-facts.js"
import type { People } from "../people.js"

export interface Overwrite {
  /** Whose lines they were, and who deleted them. */
  readonly author: number
  readonly by: number
  readonly lines: number
}

/** Lines of each person that each person deleted, along the first parents; one's own included. In no order. */
export function countOverwrites({ commits, deaths }: LineLedger, people: People): Overwrite[] {
  const person = Int32Array.from(commits.authorId.subarray(0, commits.length), (identity) =>
    people.positionOf(identity),
  )
  const lines = new Map<number, number>()
  for (let death = 0; death < deaths.length; death++) {
    const key = person[deaths.born[death]!]! * people.length + person[deaths.at[death]!]!
    lines.set(key, (lines.get(key) ?? 0) + deaths.count[death]!)
  }
  return [...lines].map(([key, count]) => ({
    author: Math.floor(key / people.length),
    by: key % people.length,
    lines: count,
  }))
}
