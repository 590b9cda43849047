import type { CardData } from "../charts/card.js"
import type { Insights, InsightTable, Snapshot } from "./insight-table.js"
import { readCalendar } from "./read-calendar.js"
import { readNumber } from "./read-value.js"

/** The repository in short, of `summary`, `bus-factor` and the days of `activity`; `undefined` without all of them. */
export function readCard(insights: Insights, name: string): CardData | undefined {
  const { summary } = insights
  const busFactor = insights["bus-factor"]
  const { activity, contributors } = insights
  const snapshot = (summary ?? busFactor ?? activity)?.snapshot
  if (!summary && !busFactor && !activity) return undefined
  return {
    name,
    commits: readTotal([summary, contributors], "commits"),
    people: readTotal([summary, contributors], "people", "contributors", "authors"),
    busFactor: readBusFactor(insights),
    commitsPerWeek: weeksOf(readCalendar(activity)?.days ?? []) ?? readWeeks(summary),
    asOf: snapshot && sayWhen(snapshot),
  }
}

/** A number that is one for the whole, of the first insight that has it. */
export function readTotal(
  tables: readonly (InsightTable | undefined)[],
  ...keys: readonly string[]
): number | undefined {
  for (const table of tables) {
    const value = table && readNumber(table.values, ...keys)
    if (value !== undefined) return value
  }
  return undefined
}

/** The contributor absence factor: how many people made half of the commits. */
export function readBusFactor(insights: Insights): number | undefined {
  return readTotal([insights["bus-factor"], insights["summary"]], "caf", "busFactor")
}

/** `main at 352d3c7, 2026-08-31`. */
export function sayWhen({ branch, commit, committedAt }: Snapshot): string | undefined {
  const at = [branch, commit?.slice(0, 7)].filter(Boolean).join(" at ")
  const time = committedAt instanceof Date ? committedAt : committedAt ? new Date(committedAt) : undefined
  const day = time && !Number.isNaN(time.getTime()) ? time.toISOString().slice(0, 10) : undefined
  return [at, day].filter(Boolean).join(", ") || undefined
}

/** The weeks that the summary itself has. */
function readWeeks(summary: InsightTable | undefined): number[] | undefined {
  const weeks = summary?.values["recentWeeks"]
  if (!Array.isArray(weeks)) return undefined
  const counts = weeks.filter((week): week is number => typeof week === "number" && week >= 0 && week < Infinity)
  return counts.length > 0 ? counts : undefined
}

/** The last 52 weeks, each of seven days up to the last day. */
function weeksOf(days: readonly { date: string; commits: number }[]): number[] | undefined {
  if (days.length === 0) return undefined
  const times = days.map(({ date }) => Date.parse(date) / 86_400_000)
  const last = times.reduce((latest, time) => Math.max(latest, time), -Infinity)
  const weeks = new Array<number>(52).fill(0)
  days.forEach(({ commits }, at) => {
    const week = 51 - Math.floor((last - (times[at] ?? 0)) / 7)
    if (week >= 0) weeks[week] = (weeks[week] ?? 0) + commits
  })
  return weeks
}
