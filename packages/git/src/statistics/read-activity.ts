import type { DayActivity } from "@assay/core"
import type { SnapshotFacts } from "../facts/snapshot-facts.js"

export interface ActivityQuery {
  /** The last day, in UTC. */
  until: Date
}

const day = 86_400
const week = 7 * day
/** A Monday. */
const firstMonday = 4 * day

/** Non-merge commits per day of the author's time, in UTC, for `days` days. */
export async function readDays(
  facts: Pick<SnapshotFacts, "history">,
  { until, days }: ActivityQuery & { days: number },
): Promise<DayActivity[]> {
  const buckets = await readBuckets(facts, { until, length: day, origin: 0, count: days })
  return buckets.map(({ start, commits }) => ({ date: start, count: commits, level: levelOf(commits) }))
}

export interface WeekActivity {
  /** The Monday, as in `2026-11-16`. */
  readonly start: string
  /** Non-merge commits. */
  readonly commits: number
}

/** Non-merge commits per week of the author's time, from Monday to Sunday in UTC, for `weeks` weeks. */
export function readWeeks(
  facts: Pick<SnapshotFacts, "history">,
  { until, weeks }: ActivityQuery & { weeks: number },
): Promise<WeekActivity[]> {
  return readBuckets(facts, { until, length: week, origin: firstMonday, count: weeks })
}

async function readBuckets(
  facts: Pick<SnapshotFacts, "history">,
  query: ActivityQuery & { length: number; origin: number; count: number },
): Promise<WeekActivity[]> {
  const { length, origin, count } = query
  const last = Math.floor((query.until.getTime() / 1000 - origin) / length)
  const first = last - count + 1
  const counted = new Array<number>(count).fill(0)
  for await (const { commits } of facts.history()) {
    for (let at = 0; at < commits.length; at++) {
      const bucket = Math.floor((commits.authoredAt[at]! - origin) / length) - first
      if (bucket >= 0 && bucket < count && !commits.merge[at]) counted[bucket]!++
    }
  }
  return counted.map((commits, at) => ({
    start: new Date((origin + (first + at) * length) * 1000).toISOString().slice(0, 10),
    commits,
  }))
}

function levelOf(commits: number): DayActivity["level"] {
  if (commits === 0) return 0
  if (commits <= 2) return 1
  if (commits <= 5) return 2
  return commits <= 10 ? 3 : 4
}
