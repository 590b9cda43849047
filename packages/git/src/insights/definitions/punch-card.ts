import { defineInsight } from "../insight-definition.js"
import { historyExclusions } from "../insight-context.js"
import { countCommits } from "../metrics/commits.js"
import { punchCard as countPunchCard } from "../metrics/punch-card.js"
import * as take from "../parameter.js"
import { createZone } from "../time-zone.js"

export const punchCard = defineInsight({
  name: "punch-card",
  version: 1,
  early: true,
  title: "Punch card",
  definition:
    "When people work: non-merge commits by weekday and hour of the author's own clock, as each commit says it, or of one time zone. All 168 hours of the week, from Sunday on.",
  takes: {
    since: take.since,
    until: take.until,
    path: take.path,
    exclude: take.exclude,
    bots: take.botsShown,
    ignoreCommits: take.ignoreCommits,
    tz: take.ownTz,
    now: take.now,
    branch: take.branch,
  },
  values: {
    commits: "non-merge commits",
    lateNightShare: "of these, from 22:00 up to 06:00",
    weekendShare: "of these, on Saturday or Sunday",
    busiestDay: "the weekday with most commits, 0 for Sunday; of several the first",
    busiestHour: "the hour of the day with most commits; of several the first",
  },
  columns: { day: "0 for Sunday to 6 for Saturday", hour: "0 to 23", commits: "non-merge commits" },
  async compute(context, parameters) {
    const { latest } = context
    const zone = parameters.tz === null ? undefined : createZone(parameters.tz)
    const { results, leftOut } = await context.fold(
      [countCommits(latest), countPunchCard({ zone, latest })] as const,
      parameters,
      "author",
    )
    const [counts, { hours, commits, lateNight, weekend }] = results
    const rows = Array.from(hours, (count, at) => ({ day: Math.floor(at / 24), hour: at % 24, commits: count }))
    const byDay = Array.from({ length: 7 }, (_, day) => sum(rows.filter((row) => row.day === day)))
    const byHour = Array.from({ length: 24 }, (_, hour) => sum(rows.filter((row) => row.hour === hour)))
    return {
      values: {
        commits,
        lateNightShare: commits === 0 ? null : lateNight / commits,
        weekendShare: commits === 0 ? null : weekend / commits,
        busiestDay: commits === 0 ? null : byDay.indexOf(Math.max(...byDay)),
        busiestHour: commits === 0 ? null : byHour.indexOf(Math.max(...byHour)),
      },
      rows,
      exclusions: historyExclusions(leftOut, Math.max(leftOut.invalidTimes, counts.invalidTimes)),
    }
  },
})

function sum(rows: readonly { commits: number }[]): number {
  return rows.reduce((total, { commits }) => total + commits, 0)
}
