import type { Calendar } from "../calendar.js"
import type { Fold } from "../selected-history.js"
import { hasLines, isTime } from "../selected-history.js"
import { createSeries } from "../series.js"
import { FilePositions } from "./file-positions.js"

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
    add({ commits: columns, commitCounts, lines }) {
      for (let commit = 0; commit < columns.length; commit++) {
        if (commitCounts[commit] === 0 || columns.merge[commit] === 1) continue
        const added = lines.added[commit]!
        const deleted = lines.deleted[commit]!
        commits++
        totalAdded += added
        totalDeleted += deleted
        const time = columns.authoredAt[commit]!
        if (!isTime(time, latest)) {
          invalidTimes++
          continue
        }
        const bucket = series.of(calendar.bucketOf(time))
        bucket[0]!++
        bucket[1]! += added
        bucket[2]! += deleted
      }
    },
    result: () => ({
      total: { commits, added: totalAdded, deleted: totalDeleted },
      buckets: series.rows(calendar.bucketOf(now)).map(({ bucket, values }) => ({
        start: calendar.startOf(bucket),
        commits: values[0]!,
        added: values[1]!,
        deleted: values[2]!,
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
  const positions = new FilePositions()
  const files: CountedFile[] = []
  let seen = 0
  /** Each commit once for each file, even if it both renamed something away from a path and made something new there. */
  const touch = (number: number, time: number): CountedFile => {
    const position = positions.of(number)
    if (position === files.length) {
      files.push({ file: number, revisions: 0, added: 0, deleted: 0, lastAt: -Infinity, seen: 0 })
    }
    const file = files[position]!
    if (file.seen !== seen) {
      file.seen = seen
      file.revisions++
      if (time > file.lastAt) file.lastAt = time
    }
    return file
  }
  return {
    shared: { name: `churnByFile ${clock}`, bytesOf: (churn) => churn.size * 100 },
    add(block) {
      const { commits: columns, changes, commitCounts, file, formerFile } = block
      const times = clock === "author" ? columns.authoredAt : columns.committedAt
      for (let commit = 0; commit < columns.length; commit++) {
        if (commitCounts[commit] === 0 || columns.merge[commit] === 1) continue
        seen++
        const time = isTime(times[commit]!, latest) ? times[commit]! : -Infinity
        const end = columns.firstChange[commit + 1]!
        for (let change = columns.firstChange[commit]!; change < end; change++) {
          if (formerFile[change] !== 0) touch(formerFile[change]!, time)
          if (file[change] === 0) continue
          const entry = touch(file[change]!, time)
          if (!hasLines(block, change)) continue
          entry.added += changes.added[change]!
          entry.deleted += changes.deleted[change]!
        }
      }
    },
    result() {
      const result = new Map<number, FileChurn>()
      for (const { file, revisions, added, deleted, lastAt } of files) {
        result.set(file, { file, revisions, added, deleted, lastAt: lastAt === -Infinity ? undefined : lastAt })
      }
      return result
    },
  }
}

interface CountedFile {
  readonly file: number
  revisions: number
  added: number
  deleted: number
  lastAt: number
  /** The last commit that was counted for it. */
  seen: number
}
