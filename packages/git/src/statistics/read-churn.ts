import type { Counted, FileChurn, StatisticsPage } from "@assay/core"
import { toDate } from "../facts/claimed-time.js"
import type { SnapshotFacts } from "../facts/snapshot-facts.js"
import { compareText } from "./compare-text.js"
import { readPresentPaths } from "./present-paths.js"
import type { PresentFilesQuery } from "./read-present-files.js"

export interface ChurnQuery extends StatisticsPage, PresentFilesQuery {
  /** Only commits that were committed then or later. */
  since: Date | undefined
  /** Leave out vendored, generated and documentation files. */
  exclude: boolean
}

interface Counting {
  pathId: number
  lines: number
  commits: number
  linesChanged: number
  modifiedAt: number
  lastCommit: number
}

/**
 * How often files changed, in relation to their size, after Tornhill's hotspots. Changes before a rename count for the
 * file that the path has become. The largest values, and the 90th percentiles that make the categories, are taken over
 * all files that changed, whatever page is asked for.
 */
export async function readChurn(facts: SnapshotFacts, query: ChurnQuery): Promise<Counted<FileChurn>> {
  const counted = await countChanges(facts, query)
  const commitsOf = counted.map(({ commits }) => commits).sort((one, other) => one - other)
  const linesOf = counted.map(({ lines }) => lines).sort((one, other) => one - other)
  const [mostCommits, mostLines] = [commitsOf.at(-1) ?? 0, Math.max(linesOf.at(-1) ?? 0, 1)]
  const [manyCommits, manyLines] = [ninetieth(commitsOf), ninetieth(linesOf)]
  const paths = await facts.paths(counted.map(({ pathId }) => pathId))
  const items = counted
    .map(({ pathId, lines, commits, linesChanged, modifiedAt }) => ({
      path: paths.get(pathId)!,
      commits,
      linesChanged,
      score: 100 * Math.sqrt((commits / mostCommits) * (lines / mostLines)),
      category: categoryOf(commits >= manyCommits, lines >= manyLines),
      lastModifiedAt: toDate(modifiedAt),
    }))
    .sort((one, other) => other.score - one.score || other.commits - one.commits || compareText(one.path, other.path))
  return { total: items.length, items: items.slice(query.offset, query.offset + query.limit) }
}

async function countChanges(facts: SnapshotFacts, query: ChurnQuery): Promise<Counting[]> {
  const present = await readPresentPaths(facts, query)
  const since = query.since ? query.since.getTime() / 1000 : -Infinity
  const counted = new Map<number, Counting>()
  for await (const { commits, changes } of facts.history()) {
    for (let at = 0; at < commits.length; at++) {
      if (commits.committedAt[at]! < since) continue
      for (let change = commits.firstChange[at]!; change < commits.firstChange[at + 1]!; change++) {
        const file = present.fileOf(changes.pathId[change]!)
        if (!file) continue
        const { pathId, lines } = file
        let counts = counted.get(pathId)
        if (!counts) {
          counts = { pathId, lines, commits: 0, linesChanged: 0, modifiedAt: -Infinity, lastCommit: 0 }
          counted.set(pathId, counts)
        }
        counts.linesChanged += Math.max(changes.added[change]!, 0) + Math.max(changes.deleted[change]!, 0)
        // Two paths of one commit may have become one file since.
        if (counts.lastCommit === commits.id[at]) continue
        counts.lastCommit = commits.id[at]!
        counts.commits++
        counts.modifiedAt = Math.max(counts.modifiedAt, commits.authoredAt[at]!)
      }
    }
  }
  return [...counted.values()]
}

/** The smallest value that nine tenths of all do not exceed. */
function ninetieth(ascending: readonly number[]): number {
  return ascending[Math.ceil(0.9 * ascending.length) - 1] ?? 0
}

function categoryOf(frequent: boolean, massive: boolean): FileChurn["category"] {
  if (frequent) return massive ? "hotspot" : "frequent"
  return massive ? "massive" : "stable"
}
