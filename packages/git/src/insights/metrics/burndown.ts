import type { LineLedger } from "../../facts/snapshot-facts.js"
import { monthOfDay, secondsOfDay } from "../calendar.js"

export type Cohort = "year" | "quarter" | "month"

export interface Burndown {
  /** Moments in seconds since 1970, oldest first. */
  readonly samples: readonly number[]
  /** Names of the cohorts, oldest first: `2024`, `2024-Q1`, `2024-01`. */
  readonly cohorts: readonly string[]
  /** By sample, by cohort: lines alive. */
  readonly alive: readonly Float64Array[]
}

/**
 * `B(t,k)`: lines alive after the last commit of the first-parent chain with a time of at most t, born in cohort k.
 * With samples that include the last commit, the last row adds up to all lines of the snapshot's text files.
 */
export function burnDown(ledger: LineLedger, options: { samples: readonly number[]; cohort: Cohort }): Burndown {
  const { commits, deaths } = ledger
  const numbers = Array.from(commits.time.subarray(0, commits.length), (time) => cohortOf(time, options.cohort))
  // Only those in which something was born.
  const present = [...new Set(numbers.filter((_, at) => commits.added[at]! > 0))].sort((left, right) => left - right)
  const column = new Map(present.map((cohort, at) => [cohort, at]))
  const columnOf = Int32Array.from(numbers, (cohort) => column.get(cohort) ?? -1)
  const current = new Float64Array(present.length)
  const alive: Float64Array[] = []
  let commit = 0
  let death = 0
  for (const sample of options.samples) {
    while (commit < commits.length && commits.time[commit]! <= sample) {
      if (commits.added[commit]! > 0) current[columnOf[commit]!]! += commits.added[commit]!
      while (death < deaths.length && deaths.at[death] === commit) {
        current[columnOf[deaths.born[death]!]!]! -= deaths.count[death]!
        death++
      }
      commit++
    }
    alive.push(current.slice())
  }
  return { samples: options.samples, cohorts: present.map((cohort) => nameOf(cohort, options.cohort)), alive }
}

/** A hundred years. Clocks that are wrong by thousands of years would make a million samples. */
const mostWeeks = 5_200

/**
 * When to look: at the end of each week (Sunday, UTC) from the first commit on, or in so many equal steps; and always at the last
 * commit.
 */
export function sampleTimes(ledger: LineLedger, samples: "week" | number): number[] {
  const { length, time } = ledger.commits
  if (length === 0) return []
  const first = time[0]!
  const last = time[length - 1]!
  const times: number[] = []
  if (samples === "week") {
    // 1970-01-05 was a Monday.
    const monday = 4 * secondsOfDay
    const week = 7 * secondsOfDay
    if ((last - first) / week > mostWeeks) return sampleTimes(ledger, 200)
    let end = (Math.floor((first - monday) / week) + 1) * week + monday - 1
    for (; end < last; end += week) times.push(end)
  } else {
    for (let step = 1; step < samples; step++) times.push(Math.floor(first + ((last - first) * step) / samples))
  }
  times.push(last)
  return [...new Set(times)]
}

function cohortOf(time: number, cohort: Cohort): number {
  const month = monthOfDay(Math.floor(time / secondsOfDay))
  return cohort === "month" ? month : Math.floor(month / (cohort === "year" ? 12 : 3))
}

function nameOf(number: number, cohort: Cohort): string {
  const perYear = cohort === "year" ? 1 : cohort === "quarter" ? 4 : 12
  const year = String(Math.floor(number / perYear)).padStart(4, "0")
  if (cohort === "year") return year
  const part = (number % perYear) + 1
  return cohort === "quarter" ? `${year}-Q${part}` : `${year}-${String(part).padStart(2, "0")}`
}

/** Lines alive after the last commit, by the position in the chain at which they were born. */
export function aliveByBirth({ commits, deaths }: LineLedger): Float64Array {
  const alive = Float64Array.from(commits.added.subarray(0, commits.length))
  for (let death = 0; death < deaths.length; death++) alive[deaths.born[death]!]! -= deaths.count[death]!
  return alive
}
