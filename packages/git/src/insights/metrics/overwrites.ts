import type { LineLedger } from "../../facts/snapshot-facts.js"
import type { People } from "../people.js"
import { PairPositions } from "./pair-positions.js"

export interface Overwrite {
  /** Whose lines they were, and who deleted them. */
  readonly author: number
  readonly by: number
  readonly lines: number
}

/** Lines that somebody else than their author deleted, along the first parents. */
export function countOverwrittenLines(ledger: LineLedger, people: People): number {
  const { deaths } = ledger
  const person = authorsOf(ledger, people)
  let lines = 0
  for (let death = 0; death < deaths.length; death++) {
    if (person[deaths.born[death]!] !== person[deaths.at[death]!]) lines += deaths.count[death]!
  }
  return lines
}

/** Lines of each person that each person deleted, along the first parents; one's own included. In no order. */
export function countOverwrites(ledger: LineLedger, people: People): Overwrite[] {
  const { deaths } = ledger
  const person = authorsOf(ledger, people)
  const pairs = new PairPositions()
  const lines: number[] = []
  for (let death = 0; death < deaths.length; death++) {
    const pair = pairs.of(person[deaths.born[death]!]!, person[deaths.at[death]!]!)
    if (pair === lines.length) lines.push(0)
    lines[pair]! += deaths.count[death]!
  }
  return lines.map((count, pair) => ({ author: pairs.one[pair]!, by: pairs.other[pair]!, lines: count }))
}

/** By position in the chain. */
function authorsOf({ commits }: LineLedger, people: People): Int32Array {
  return commits.authorId.subarray(0, commits.length).map((identity) => people.positionOf(identity))
}
