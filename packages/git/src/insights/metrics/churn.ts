import type { Calendar } from "../calendar.js"
import type { Fold } from "../selected-history.js"
import { hasLines, isTime } from "../selected-history.js"
import { createSeries } from "../series.js"

export interface Churn {
  /** Non-merge commits. */
  readonly commits: number
  readonly added: number
  readonly deleted: number
}

export interface ChurnOfBucket extends Churn {
  /** The first day of the day, week or month. */
  readonly start: string
}

/**
 * Lines added and deleted by the author's time, in all buckets from the first commit to `now`. Commits whose time is none are in
 * no bucket, and counted.
 */
export function churnByTime(options: {
  calendar: Calendar
  now: number
  latest: number
}): Fold<{ total: Churn; buckets: readonly ChurnOfBucket[]; invalidTimes: number }> {
  const { calendar, now, latest } = options
  const series = createSeries(3)
  let invalidTimes = 0
  let commits = 0
  let totalAdded = 0
  let totalDeleted = 0
  return {
    add(block) {
      const { commits: columns, changes, commitCounts, changeCounts } = block
      for (let commit = 0; commit < columns.length; commit++) {
        if (commitCounts[commit] === 0 || columns.merge[commit] === 1) continue
        let added = 0
        let deleted = 0
        for (let change = columns.firstChange[commit]!; change < columns.firstChange[commit + 1]!; change++) {
          if (changeCounts[change] === 0 || !hasLines(block, change)) continue
          added += changes.added[change]!
          deleted += changes.deleted[change]!
        }
        commits++
        totalAdded += added
        totalDeleted += deleted
        const time = columns.authoredAt[commit]!
        if (!isTime(time, latest)) {
          invalidTimes++
          continue
        }
        const bucket = calendar.bucketOf(time)
        series.add(bucket, 0, 1)
        series.add(bucket, 1, added)
        series.add(bucket, 2, deleted)
      }
    },
    result: () => ({
      total: { commits, added: totalAdded, deleted: totalDeleted },
      buckets: series.rows(calendar.bucketOf(now)).map(({ bucket, values: [count, added, deleted] }) => ({
        start: calendar.startOf(bucket),
        commits: count!,
        added: added!,
        deleted: deleted!,
      })),
      invalidTimes,
    }),
  }
}

/** What happened to files, by their numbers in the view. */
export interface FileChurn {
  readonly file: number
  /** Non-merge commits that touched it, each once. */
  readonly revisions: number
  readonly added: number
  readonly deleted: number
  /** The largest of their times that is one; `undefined` if there is none. */
  readonly lastAt: number | undefined
}

/** `lastAt` is by the author's clock unless another is asked for. */
export function churnByFile(options: {
  latest: number
  clock?: "author" | "committer"
}): Fold<ReadonlyMap<number, FileChurn>> {
  const { latest, clock = "author" } = options
  const files = new Map<
    number,
    { file: number; revisions: number; added: number; deleted: number; lastAt: number; seen: number }
  >()
  let seen = 0
  return {
    add(block) {
      const { commits: columns, changes, commitCounts, changeCounts, file, formerFile } = block
      for (let commit = 0; commit < columns.length; commit++) {
        if (commitCounts[commit] === 0 || columns.merge[commit] === 1) continue
        // Each commit once for each file, even if it both renamed something away from a path and made something new there.
        seen++
        const time = clock === "author" ? columns.authoredAt[commit]! : columns.committedAt[commit]!
        const touch = (number: number): { added: number; deleted: number } => {
          let entry = files.get(number)
          if (!entry) {
            entry = { file: number, revisions: 0, added: 0, deleted: 0, lastAt: -Infinity, seen: 0 }
            files.set(number, entry)
          }
          if (entry.seen !== seen) {
            entry.seen = seen
            entry.revisions++
            if (isTime(time, latest) && time > entry.lastAt) entry.lastAt = time
          }
          return entry
        }
        for (let change = columns.firstChange[commit]!; change < columns.firstChange[commit + 1]!; change++) {
          if (changeCounts[change] === 0) continue
          if (formerFile[change] !== 0) touch(formerFile[change]!)
          if (file[change] === 0) continue
          const entry = touch(file[change]!)
          if (!hasLines(block, change)) continue
          entry.added += changes.added[change]!
          entry.deleted += changes.deleted[change]!
        }
      }
    },
    result() {
      const result = new Map<number, FileChurn>()
      for (const [number, { seen: _, lastAt, ...entry }] of files) {
        result.set(number, { ...entry, lastAt: lastAt === -Infinity ? undefined : lastAt })
      }
      return result
    },
  }
}
