import type { Calendar } from "../calendar.js"
import type { Fold } from "../selected-history.js"
import { hasLines, isTime } from "../selected-history.js"
import { createSeries } from "../series.js"

export interface ActivityOfBucket {
  /** Its number in the calendar. */
  readonly bucket: number
  /** Its first day. */
  readonly start: string
  readonly commits: number
  readonly added: number
  readonly deleted: number
  /** People with a commit. */
  readonly authors: number
}

export interface ActivityOptions {
  readonly calendar: Calendar
  readonly now: number
  readonly latest: number
}

/** Non-merge commits by the author's time. Every bucket is there from the first commit's to that of `now`, also the empty ones. */
export function countActivity(options: ActivityOptions): Fold<readonly ActivityOfBucket[]> {
  const { calendar, now, latest } = options
  const series = createSeries(3)
  const authors = new Map<number, Set<number>>()
  return {
    add(block) {
      const { commits, changes, commitCounts, changeCounts, person } = block
      for (let commit = 0; commit < commits.length; commit++) {
        const time = commits.authoredAt[commit]!
        if (commitCounts[commit] === 0 || commits.merge[commit] === 1 || !isTime(time, latest)) continue
        const bucket = calendar.bucketOf(time)
        series.add(bucket, 0, 1)
        const known = authors.get(bucket)
        if (known) known.add(person[commit]!)
        else authors.set(bucket, new Set([person[commit]!]))
        for (let change = commits.firstChange[commit]!; change < commits.firstChange[commit + 1]!; change++) {
          if (changeCounts[change] === 0 || !hasLines(block, change)) continue
          series.add(bucket, 1, changes.added[change]!)
          series.add(bucket, 2, changes.deleted[change]!)
        }
      }
    },
    result: () =>
      series.rows(calendar.bucketOf(now)).map(({ bucket, values: [commits, added, deleted] }) => ({
        ...{ bucket, start: calendar.startOf(bucket) },
        ...{ commits: commits!, added: added!, deleted: deleted!, authors: authors.get(bucket)?.size ?? 0 },
      })),
  }
}

/** Non-merge commits of each person in each bucket; only where there are any. In no order. */
export function countActivityOfPeople(
  options: ActivityOptions,
): Fold<readonly { bucket: number; person: number; commits: number }[]> {
  const { calendar, latest } = options
  const counts = new Map<number, Map<number, number>>()
  return {
    add({ commits, commitCounts, person }) {
      for (let commit = 0; commit < commits.length; commit++) {
        const time = commits.authoredAt[commit]!
        if (commitCounts[commit] === 0 || commits.merge[commit] === 1 || !isTime(time, latest)) continue
        const bucket = calendar.bucketOf(time)
        let people = counts.get(bucket)
        if (!people) counts.set(bucket, (people = new Map()))
        people.set(person[commit]!, (people.get(person[commit]!) ?? 0) + 1)
      }
    },
    result: () =>
      [...counts].flatMap(([bucket, people]) => [...people].map(([person, commits]) => ({ bucket, person, commits }))),
  }
}
