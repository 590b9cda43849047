import type { LineLedger } from "../../facts/snapshot-facts.js"
import { secondsOfDay } from "../calendar.js"
import { aliveByBirth } from "./burndown.js"

export const daysOfMonth = 30

export interface SurvivalStep {
  /** In whole months of 30 days. */
  readonly age: number
  /** Lines that reached that age. */
  readonly atRisk: number
  /** Lines that died at it. */
  readonly deaths: number
  /** `S(age)`: the share of lines that outlive it. */
  readonly survival: number
}

/**
 * How long lines live, after Kaplan and Meier: `S(a) = Π_{a_i ≤ a} (1 − d_i / n_i)`. A line that is alive at `now` has been seen up
 * to the age it has, and says nothing of what comes after (it is right-censored). Ages are whole months of 30 days; one step for
 * each age at which a line died or was last seen.
 */
export function surviveLines(ledger: LineLedger, now: number): SurvivalStep[] {
  const { commits } = ledger
  const seen = new Map<number, number>()
  const died = countDeaths(ledger)
  for (const [at, count] of aliveByBirth(ledger).entries()) {
    if (count > 0) add(seen, monthsBetween(commits.time[at]!, now), count)
  }
  let atRisk = 0
  for (const count of died.values()) atRisk += count
  for (const count of seen.values()) atRisk += count
  const steps: SurvivalStep[] = []
  let survival = 1
  for (const age of [...new Set([...died.keys(), ...seen.keys()])].sort((left, right) => left - right)) {
    const dying = died.get(age) ?? 0
    survival *= 1 - dying / atRisk
    steps.push({ age, atRisk, deaths: dying, survival })
    atRisk -= dying + (seen.get(age) ?? 0)
  }
  return steps
}

/** The least age that not more than half of the lines outlive, in months; `undefined` while more than half do. */
export function halfLife(steps: readonly SurvivalStep[]): number | undefined {
  return steps.find(({ survival }) => survival <= 0.5)?.age
}

/** Lines by the age at which they died. */
function countDeaths({ commits, deaths }: LineLedger): Map<number, number> {
  const lines = new Float64Array(mostMonths)
  const happened = new Uint8Array(mostMonths)
  const died = new Map<number, number>()
  for (let death = 0; death < deaths.length; death++) {
    const age = monthsBetween(commits.time[deaths.born[death]!]!, commits.time[deaths.at[death]!]!)
    if (age >= mostMonths) add(died, age, deaths.count[death]!)
    else {
      lines[age]! += deaths.count[death]!
      happened[age] = 1
    }
  }
  for (const [age, count] of lines.entries()) if (happened[age] === 1) died.set(age, count)
  return died
}

/** A hundred years. Clocks that are wrong by thousands of years make ages that a column has no room for. */
const mostMonths = 1_200

function monthsBetween(from: number, to: number): number {
  return Math.max(Math.floor((to - from) / (daysOfMonth * secondsOfDay)), 0)
}

function add(counts: Map<number, number>, key: number, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count)
}
