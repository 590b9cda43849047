import { median } from "./quantile.js"

export const velocityWeeks = 12

export interface Pace {
  /** The median of the commits of the last 12 whole weeks, and of the 12 before them. */
  readonly velocity: number | undefined
  readonly velocityBefore: number | undefined
  /** Standard deviation of the commits of a week as a share of their mean, over all weeks from the first commit to the last. */
  readonly consistency: number | undefined
}

/** How fast and how steadily work goes on. Takes commits of each week, oldest first, the week of `now` last. */
export function paceOf(weeks: readonly number[]): Pace {
  // The week of `now` has only begun.
  const whole = weeks.slice(0, -1)
  const last = whole.slice(-velocityWeeks)
  const before = whole.slice(-2 * velocityWeeks, -velocityWeeks)
  const active = weeks.slice(0, weeks.findLastIndex((commits) => commits > 0) + 1)
  const mean = active.reduce((sum, commits) => sum + commits, 0) / active.length
  const variance = active.reduce((sum, commits) => sum + (commits - mean) ** 2, 0) / active.length
  return {
    velocity: median(last),
    velocityBefore: median(before),
    consistency: active.length === 0 ? undefined : Math.sqrt(variance) / mean,
  }
}
