import { secondsOfDay } from "../calendar.js"
import type { Fold } from "../selected-history.js"
import { isTime } from "../selected-history.js"
import type { Zone } from "../time-zone.js"

export interface PunchCard {
  /** By weekday (0 is Sunday) times 24 plus hour: non-merge commits. */
  readonly hours: Float64Array
  readonly commits: number
  /** From 22:00 up to 06:00. */
  readonly lateNight: number
  /** On Saturday or Sunday. */
  readonly weekend: number
}

/** When people work: by weekday and hour of the author's own clock, or of the clocks of one zone. */
export function punchCard({ zone, latest }: { zone: Zone | undefined; latest: number }): Fold<PunchCard> {
  const hours = new Float64Array(7 * 24)
  return {
    shared: { name: `punchCard ${zone?.name}`, bytesOf: () => 1_500 },
    add({ commits, commitCounts }) {
      for (let commit = 0; commit < commits.length; commit++) {
        const time = commits.authoredAt[commit]!
        if (commitCounts[commit] === 0 || commits.merge[commit] === 1 || !isTime(time, latest)) continue
        const offset = zone ? zone.offsetAt(time) : commits.authorOffset[commit]! * 60
        const day = Math.floor((time + offset) / secondsOfDay)
        const hour = Math.floor((time + offset - day * secondsOfDay) / 3600)
        // 1970-01-01 was a Thursday.
        hours[((((day + 4) % 7) + 7) % 7) * 24 + hour]!++
      }
    },
    result() {
      let commits = 0
      let lateNight = 0
      let weekend = 0
      for (const [at, count] of hours.entries()) {
        const hour = at % 24
        const weekday = Math.floor(at / 24)
        commits += count
        if (hour >= 22 || hour < 6) lateNight += count
        if (weekday === 0 || weekday === 6) weekend += count
      }
      return { hours, commits, lateNight, weekend }
    },
  }
}
