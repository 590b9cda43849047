import type { LineLedger } from "../../facts/snapshot-facts.js"
import { secondsOfDay } from "../calendar.js"

export const reworkDays = 21

export interface Rework {
  readonly deleted: number
  /** Of those, lines that were less than 21 days old. */
  readonly reworked: number
  /** `undefined` when nothing was deleted. */
  readonly share: number | undefined
}

/** How much of what is deleted was written only lately. `counts` says which moments of deletion count. */
export function countRework(
  { commits, deaths }: LineLedger,
  counts: (seconds: number) => boolean = () => true,
): Rework {
  let deleted = 0
  let reworked = 0
  for (let death = 0; death < deaths.length; death++) {
    const at = commits.time[deaths.at[death]!]!
    if (!counts(at)) continue
    deleted += deaths.count[death]!
    if (at - commits.time[deaths.born[death]!]! < reworkDays * secondsOfDay) reworked += deaths.count[death]!
  }
  return { deleted, reworked, share: deleted === 0 ? undefined : reworked / deleted }
}
