import { toDate } from "../facts/write-commits.js"
import { readCommits } from "../history/read-commits.js"
import type { Mirror } from "../mirror/mirror.js"

/** When a commit was committed. Numbers that depend on a date depend on this one, so that they can be had again later. */
export async function readCommitTime(mirror: Mirror, oid: string, signal: AbortSignal): Promise<Date | undefined> {
  for await (const [commit] of readCommits(mirror, { tips: [oid], signal })) {
    return commit && toDate(commit.committedAt.seconds)
  }
  return undefined
}
