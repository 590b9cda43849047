import type {
  FileLineBirths,
  FileRow,
  HistoryBlock,
  IdentityFacts,
  LineLedger,
  SnapshotFacts,
  TagFacts,
} from "../facts/snapshot-facts.js"
import { traceLineage } from "./lineage.js"
import type { Lineage } from "./lineage.js"

/** The facts of one snapshot, each read at most once. Holds what was read until it is let go. */
export interface LoadedFacts {
  readonly source: SnapshotFacts
  history(): Promise<readonly HistoryBlock[]>
  lineage(): Promise<Lineage>
  /** Non-merge commits of each identity, and whether a merge or a co-authorship mentions it, which is 0. Others are not in it. */
  commitsOfIdentities(): Promise<ReadonlyMap<number, number>>
  identities(): Promise<readonly IdentityFacts[]>
  files(): Promise<readonly FileRow[]>
  tags(): Promise<readonly TagFacts[]>
  paths(): Promise<ReadonlyMap<number, string>>
  lines(): Promise<LineLedger | undefined>
  /** Streamed each time: there may be many, and few ask for them. */
  fileLines(): AsyncIterable<readonly FileLineBirths[]>
  /** About how many bytes of memory all that was read takes. */
  bytes(): number
}

export function loadFacts(source: SnapshotFacts): LoadedFacts {
  let bytes = 0
  const once = <Value>(read: () => Promise<Value>): (() => Promise<Value>) => {
    let value: Promise<Value> | undefined
    return () => {
      value ??= read().catch((error: unknown) => {
        value = undefined
        throw error
      })
      return value
    }
  }
  const history = once(async () => {
    const blocks: HistoryBlock[] = []
    for await (const block of source.history()) {
      blocks.push(block)
      bytes += block.commits.length * 48 + block.changes.length * 18 + 1_000
    }
    return blocks
  })
  const files = once(async () => {
    const rows = await source.files()
    bytes += rows.length * 400
    return rows
  })
  return {
    source,
    history,
    files,
    lineage: once(async () => {
      const lineage = traceLineage(
        await history(),
        (await files()).map(({ pathId }) => pathId),
      )
      bytes += lineage.files.reduce((sum, { byteLength }) => sum + byteLength, 0) + lineage.lastPaths.length * 16
      return lineage
    }),
    commitsOfIdentities: once(async () => countCommitsOfIdentities(await history())),
    identities: once(async () => {
      const identities = await source.people()
      bytes += identities.length * 300
      return identities
    }),
    tags: once(() => source.tags()),
    paths: once(async () => {
      const paths = await source.paths()
      bytes += paths.size * 120
      return paths
    }),
    lines: once(async () => {
      const ledger = await source.lines()
      if (ledger) bytes += ledger.commits.length * 20 + ledger.deaths.length * 12
      return ledger
    }),
    fileLines: () => source.fileLines(),
    bytes: () => bytes,
  }
}

function countCommitsOfIdentities(blocks: readonly HistoryBlock[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { commits } of blocks) {
    for (let commit = 0; commit < commits.length; commit++) {
      const author = commits.authorId[commit]!
      counts.set(author, (counts.get(author) ?? 0) + (commits.merge[commit] === 1 ? 0 : 1))
    }
    for (const helpers of commits.coauthors.values()) {
      for (const helper of helpers) if (!counts.has(helper)) counts.set(helper, 0)
    }
  }
  return counts
}
