import type { Calendar } from "../calendar.js"
import type { Fold } from "../selected-history.js"
import { isTime } from "../selected-history.js"
import { createSeries } from "../series.js"
import { PairPositions } from "./pair-positions.js"

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
  const series = createSeries(4)
  const authors = new PairPositions()
  return {
    add({ commits, commitCounts, person, lines }) {
      for (let commit = 0; commit < commits.length; commit++) {
        const time = commits.authoredAt[commit]!
        if (commitCounts[commit] === 0 || commits.merge[commit] === 1 || !isTime(time, latest)) continue
        const bucket = calendar.bucketOf(time)
        const known = authors.length
        authors.of(bucket, person[commit]!)
        const values = series.of(bucket)
        values[0]!++
        values[1]! += lines.added[commit]!
        values[2]! += lines.deleted[commit]!
        values[3]! += authors.length - known
      }
    },
    result: () =>
      series.rows(calendar.bucketOf(now)).map(({ bucket, values }) => ({
        bucket,
        start: calendar.startOf(bucket),
        commits: values[0]!,
        added: values[1]!,
        deleted: values[2]!,
        authors: values[3]!,
      })),
  }
}

/** The same without anything but commits. */
export function countCommitsByTime(options: ActivityOptions): Fold<readonly { bucket: number; commits: number }[]> {
  const { calendar, now, latest } = options
  const series = createSeries(1)
  return {
    add({ commits, commitCounts }) {
      for (let commit = 0; commit < commits.length; commit++) {
        const time = commits.authoredAt[commit]!
        if (commitCounts[commit] === 0 || commits.merge[commit] === 1 || !isTime(time, latest)) continue
        series.of(calendar.bucketOf(time))[0]!++
      }
    },
    result: () => series.rows(calendar.bucketOf(now)).map(({ bucket, values }) => ({ bucket, commits: values[0]! })),
  }
}

/** Non-merge commits of each person in each bucket; only where there are any. In no order. */
export function countActivityOfPeople(
  options: Pick<ActivityOptions, "calendar" | "latest">,
): Fold<readonly { bucket: number; person: number; commits: number }[]> {
  const { calendar, latest } = options
  const pairs = new PairPositions()
  const counts: number[] = []
  return {
    add({ commits, commitCounts, person }) {
      for (let commit = 0; commit < commits.length; commit++) {
        const time = commits.authoredAt[commit]!
        if (commitCounts[commit] === 0 || commits.merge[commit] === 1 || !isTime(time, latest)) continue
        const position = pairs.of(calendar.bucketOf(time), person[commit]!)
        if (position === counts.length) counts.push(1)
        else counts[position]!++
      }
    },
    result: () => counts.map((commits, at) => ({ bucket: pairs.one[at]!, person: pairs.other[at]!, commits })),
  }
}

/** How many people have a non-merge commit at a time that is one. */
export function countAuthors({ latest }: Pick<ActivityOptions, "latest">): Fold<number> {
  const authors = new Set<number>()
  return {
    add({ commits, commitCounts, person }) {
      for (let commit = 0; commit < commits.length; commit++) {
        if (commitCounts[commit] === 0 || commits.merge[commit] === 1) continue
        if (isTime(commits.authoredAt[commit]!, latest)) authors.add(person[commit]!)
      }
    },
    result: () => authors.size,
  }
}
