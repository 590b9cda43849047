import type { SnapshotFacts } from "../facts/snapshot-facts.js"

const renamed = "R".charCodeAt(0)
const mostSteps = 1_000

/**
 * Follows renames: for each path that is gone, which of the files that are there it was renamed to in the end, if any. A path
 * may have been used, and renamed, more than once: the newest time counts.
 */
export async function readFormerPaths(
  facts: Pick<SnapshotFacts, "history">,
  present: ReadonlySet<number>,
): Promise<ReadonlyMap<number, number>> {
  const next = new Map<number, { path: number; committedAt: number; tie: number }>()
  for await (const { commits, changes } of facts.history()) {
    for (let at = 0; at < commits.length; at++) {
      for (let change = commits.firstChange[at]!; change < commits.firstChange[at + 1]!; change++) {
        if (changes.status[change] !== renamed) continue
        const old = changes.oldPathId[change]!
        if (present.has(old)) continue
        const committedAt = commits.committedAt[at]!
        const tie = commits.tie[at]!
        const known = next.get(old)
        const newer =
          !known || committedAt > known.committedAt || (committedAt === known.committedAt && tie < known.tie)
        if (newer) next.set(old, { path: changes.pathId[change]!, committedAt, tie })
      }
    }
  }
  const followed = new Map<number, number>()
  for (const old of next.keys()) {
    let path: number | undefined = old
    for (let steps = 0; path !== undefined && !present.has(path) && steps < mostSteps; steps++) {
      path = next.get(path)?.path
    }
    if (path !== undefined && present.has(path)) followed.set(old, path)
  }
  return followed
}
