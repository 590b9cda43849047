import type {
  FileLineBirths,
  FileRow,
  HistoryBlock,
  IdentityFacts,
  LineLedger,
  SnapshotFacts,
  TagFacts,
} from "../facts/snapshot-facts.js"
import { countLinesOfCommits } from "./commit-lines.js"
import type { CommitLines } from "./commit-lines.js"
import { traceLineage } from "./lineage.js"
import type { Lineage } from "./lineage.js"
import { createSharedParts } from "./shared-parts.js"
import type { SharedParts } from "./shared-parts.js"

/** The facts of one snapshot, each read at most once. Holds what was read until it is let go. */
export interface LoadedFacts {
  readonly source: SnapshotFacts
  history(): Promise<readonly HistoryBlock[]>
  lineage(): Promise<Lineage>
  /** By block. */
  linesOfCommits(): Promise<readonly CommitLines[]>
  /** Non-merge commits of each identity, and whether a merge or a co-authorship mentions it, which is 0. Others are not in it. */
  commitsOfIdentities(): Promise<ReadonlyMap<number, number>>
  identities(): Promise<readonly IdentityFacts[]>
  files(): Promise<readonly FileRow[]>
  tags(): Promise<readonly TagFacts[]>
  paths(): Promise<ReadonlyMap<number, string>>
  lines(): Promise<LineLedger | undefined>
  /** Held once they were read to the end, unless there are very many: then they are streamed each time. */
  fileLines(): AsyncIterable<readonly FileLineBirths[]>
  /** What was computed from them for several insights. It can be let go without reading any facts again. */
  readonly shared: SharedParts
  /** About how many bytes of memory all that was read and shared takes. */
  bytes(): number
}

/** Of file lines that are held, at most. */
const mostLineBytes = 16 * 2 ** 20

export function loadFacts(source: SnapshotFacts): LoadedFacts {
  let bytes = 0
  const shared = createSharedParts()
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
    linesOfCommits: once(async () => {
      const lines = (await history()).map(countLinesOfCommits)
      bytes += lines.reduce((sum, { added, deleted }) => sum + added.byteLength + deleted.byteLength, 0)
      return lines
    }),
    fileLines: holdBatches(
      () => source.fileLines(),
      (held) => void (bytes += held),
    ),
    shared,
    bytes: () => bytes + shared.bytes(),
  }
}

/** Streams, and holds what came by once the end was reached, if it is not too much. */
function holdBatches(
  read: () => AsyncIterable<readonly FileLineBirths[]>,
  onHeld: (bytes: number) => void,
): () => AsyncIterable<readonly FileLineBirths[]> {
  let held: (readonly FileLineBirths[])[] | undefined
  return async function* () {
    if (held) return yield* held
    const batches: (readonly FileLineBirths[])[] = []
    let bytes = 0
    for await (const batch of read()) {
      for (const { born, count } of batch) bytes += born.byteLength + count.byteLength + 300
      if (bytes <= mostLineBytes) batches.push(batch)
      else batches.length = 0
      yield batch
    }
    // Two may have read them at the same time.
    if (held || bytes > mostLineBytes) return
    held = batches
    onHeld(bytes)
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
