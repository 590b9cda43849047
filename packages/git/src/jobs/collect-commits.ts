import { findCommits } from "../facts/commit-rows.js"
import type { FactScope } from "../facts/fact-scope.js"
import { createIdentityIds } from "../facts/identity-ids.js"
import type { CommitBlock } from "../facts/pack-commits.js"
import { orderCommits } from "../history/order-commits.js"
import { readCommits } from "../history/read-commits.js"
import type { Mirror } from "../mirror/mirror.js"
import type { Identity } from "../parse/parse-log.js"

/** The commits to read, in the order of their ranks: parents come before their children. */
export interface CollectedCommits {
  readonly length: number
  readonly oids: readonly string[]
  readonly parents: readonly (readonly string[])[]
  /** Of all commits as if they were one block. */
  readonly columns: CommitBlock
}

export interface CollectOptions {
  tip: string
  /** Commits that are known with all they can reach. */
  exclude: readonly string[]
  signal: AbortSignal
}

/** Some commits claim times that are no times; what is beyond would not survive being counted with. */
const farthest = 2 ** 50

/** Reads who and when of all commits that are not known yet, and gives the people their ids. Changes are another matter. */
export async function collectCommits(
  scope: FactScope,
  mirror: Mirror,
  options: CollectOptions,
): Promise<CollectedCommits> {
  const { tip, exclude, signal } = options
  const oids: string[] = []
  const parents: string[][] = []
  const authors: Identity[] = []
  const coAuthors = new Map<string, readonly Identity[]>()
  const authoredAt: number[] = []
  const offsets: number[] = []
  const committedAt: number[] = []
  for await (const commits of readCommits(mirror, { tips: [tip], exclude, signal })) {
    for (const commit of commits) {
      oids.push(commit.oid)
      parents.push(commit.parents)
      authors.push(commit.author)
      if (commit.coAuthors.length > 0) coAuthors.set(commit.oid, commit.coAuthors)
      authoredAt.push(clamp(commit.authoredAt.seconds))
      offsets.push(commit.authoredAt.offsetMinutes)
      committedAt.push(clamp(commit.committedAt.seconds))
    }
  }

  // Where nothing was left out, every parent is among them.
  const outerRanks = exclude.length === 0 ? new Map<string, number>() : await readOuterRanks(scope, oids, parents)
  const { positions, ranks } = orderCommits({ oids, parents, committedAt }, outerRanks)
  const identityIds = await createIdentityIds(scope)
  await scope.transaction((transaction) =>
    identityIds.add(transaction, new Set([...authors, ...Array.from(coAuthors.values()).flat()])),
  )

  const length = oids.length
  const columns = {
    length,
    merge: Uint8Array.from(positions, (at) => (parents[at]!.length > 1 ? 1 : 0)),
    authorId: Int32Array.from(positions, (at) => identityIds.get(authors[at]!)),
    authoredAt: Float64Array.from(positions, (at) => authoredAt[at]!),
    authorOffset: Int16Array.from(positions, (at) => offsets[at]!),
    committedAt: Float64Array.from(positions, (at) => committedAt[at]!),
    rank: Float64Array.from(positions, (at) => ranks[at]!),
    tie: Float64Array.from(positions, (at) => parseInt(oids[at]!.slice(0, 12), 16)),
    coauthors: new Map<number, Int32Array>(),
  }
  if (coAuthors.size > 0) {
    for (const [to, at] of positions.entries()) {
      const author = columns.authorId[to]!
      const others = new Set((coAuthors.get(oids[at]!) ?? []).map((identity) => identityIds.get(identity)))
      others.delete(author)
      if (others.size > 0) columns.coauthors.set(to, Int32Array.from(others))
    }
  }
  return {
    length,
    oids: positions.map((at) => oids[at]!),
    parents: positions.map((at) => parents[at]!),
    columns,
  }
}

/** The ranks of parents that were read before. */
async function readOuterRanks(
  scope: FactScope,
  oids: readonly string[],
  parents: readonly (readonly string[])[],
): Promise<ReadonlyMap<string, number>> {
  const inner = new Set(oids)
  const outer = new Set(parents.flat().filter((oid) => !inner.has(oid)))
  const known = await findCommits(scope, [...outer])
  return new Map(known.map(({ oid, rank }) => [oid, rank]))
}

function clamp(seconds: number): number {
  return Math.min(Math.max(seconds, -farthest), farthest)
}

/** A part of the columns, as a block of its own. */
export function sliceColumns({ columns }: CollectedCommits, start: number, end: number): CommitBlock {
  const coauthors = new Map<number, Int32Array>()
  for (const [at, identities] of columns.coauthors) if (at >= start && at < end) coauthors.set(at - start, identities)
  return {
    length: end - start,
    merge: columns.merge.subarray(start, end),
    authorId: columns.authorId.subarray(start, end),
    authoredAt: columns.authoredAt.subarray(start, end),
    authorOffset: columns.authorOffset.subarray(start, end),
    committedAt: columns.committedAt.subarray(start, end),
    rank: columns.rank.subarray(start, end),
    tie: columns.tie.subarray(start, end),
    coauthors,
  }
}
