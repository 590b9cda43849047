import { monthOfDay, secondsOfDay } from "../calendar.js"
import type { Fold } from "../selected-history.js"
import { isTime } from "../selected-history.js"
import type { Zone } from "../time-zone.js"

export const leftAfterDays = 180

export interface TeamOfMonth {
  /** Months since the year 0. */
  readonly month: number
  /** People with a commit in it. */
  readonly active: number
  /** Whose first commit it has. */
  readonly joined: number
  /** Whose last commit it has, if that was 180 days or more before `now`. */
  readonly left: number
  /** All who have joined and not left by the end of it. */
  readonly members: number
}

/** How a team grows: by the author's time, every month from the first commit to `now`. */
export function countTeam({ zone, now, latest }: { zone: Zone; now: number; latest: number }): Fold<TeamOfMonth[]> {
  const first = new Map<number, number>()
  const last = new Map<number, number>()
  const active = new Map<number, Set<number>>()
  const monthOf = (time: number): number => monthOfDay(Math.floor((time + zone.offsetAt(time)) / secondsOfDay))
  return {
    add({ commits, commitCounts, person }) {
      for (let commit = 0; commit < commits.length; commit++) {
        const time = commits.authoredAt[commit]!
        if (commitCounts[commit] === 0 || commits.merge[commit] === 1 || !isTime(time, latest)) continue
        const author = person[commit]!
        if (time < (first.get(author) ?? Infinity)) first.set(author, time)
        if (time > (last.get(author) ?? -Infinity)) last.set(author, time)
        const month = monthOf(time)
        const known = active.get(month)
        if (known) known.add(author)
        else active.set(month, new Set([author]))
      }
    },
    result() {
      if (active.size === 0) return []
      const joined = countBy([...first.values()].map(monthOf))
      const gone = [...last.values()].filter((time) => now - time >= leftAfterDays * secondsOfDay)
      const left = countBy(gone.map(monthOf))
      const from = Math.min(...active.keys())
      const to = Math.max(monthOf(now), ...active.keys())
      let members = 0
      return Array.from({ length: to - from + 1 }, (_, index) => {
        const month = from + index
        const came = joined.get(month) ?? 0
        const went = left.get(month) ?? 0
        members += came - went
        return { month, active: active.get(month)?.size ?? 0, joined: came, left: went, members }
      })
    },
  }
}

function countBy(values: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}
